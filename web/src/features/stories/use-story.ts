import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { toast } from "sonner";
import { problemOf, said } from "@/lib/problem";
import { storyKey } from "@/lib/story-keys";
import { storiesStrings } from "@/strings/stories";
import * as api from "./api";
import { type Doc, type Edit, type Story, sameValue } from "./document";

const CONFLICT = 409;
const MOST_TRIES = 5;

/** The keys under which answers about stories are kept. */
export const keys = {
  all: ["stories"] as const,
  lists: ["stories", "list"] as const,
  list: (query: object) => ["stories", "list", query] as const,
  one: (id: string) => ["stories", "one", id] as const,
  story: storyKey,
  pending: (id: string) => ["stories", "one", id, "pending"] as const,
  estimate: (id: string) => ["stories", "one", id, "estimate"] as const,
  analysis: (id: string) => ["stories", "one", id, "analysis"] as const,
  versions: (id: string) => ["stories", "one", id, "versions"] as const,
  version: (id: string, number: number) => ["stories", "version", id, number] as const,
  speech: (id: string) => ["stories", "one", id, "speech"] as const,
  pictures: (id: string) => ["stories", "one", id, "pictures"] as const,
  timeline: (id: string) => ["stories", "one", id, "timeline"] as const,
  films: (id: string) => ["stories", "one", id, "films"] as const,
  batch: (id: string) => ["stories", "batch", id] as const,
  providers: (kind: string) => ["stories", "providers", kind] as const,
};

/** What the server has. An answer to an edit that came while it was read is newer, and stays. */
export const read =
  (id: string) =>
  async ({ client }: { client: QueryClient }): Promise<Story> => {
    const kept = () => client.getQueryData<Story>(keys.story(id));
    const before = kept()?.version;
    const story = (await api.readStory(id)) as unknown as Story;
    const now = kept();
    return now && now.version !== before && now.version > story.version ? now : story;
  };

/** One story: what the server has, with the edits that are on their way to it already made. */
export function useStory(id: string) {
  const query = useQuery({ queryKey: keys.story(id), queryFn: read(id) });
  const pending = usePending(id);
  const story = useMemo(
    () => query.data && { ...query.data, document: applied(query.data.document, pending) },
    [query.data, pending],
  );
  return { story, error: query.error, refetch: query.refetch, saving: pending.length > 0 };
}

function usePending(id: string): readonly Edit[] {
  const { data } = useQuery<readonly Edit[]>({
    queryKey: keys.pending(id),
    queryFn: () => [],
    staleTime: Number.POSITIVE_INFINITY,
    initialData: NONE,
  });
  return data;
}

const NONE: readonly Edit[] = [];

function applied(document: Doc, edits: readonly Edit[]): Doc {
  return edits.reduce((before, edit) => edit.apply(before), document);
}

/** Change a story. An edit is shown at once and sent in its turn. When somebody else has changed the story
 * meanwhile (another tab, the engine), it is made again on theirs, unless both changed the same thing:
 * then theirs stays, and the person is told and may have it anyway. */
export function useEdit(id: string) {
  const client = useQueryClient();
  const mutation = useMutation<Story, unknown, Edit>({
    scope: { id: `story ${id}` }, // one after the other, in their order
    mutationFn: (edit) => send(client, id, edit),
    onMutate: (edit) => setPending(client, id, (all) => [...all, edit]),
    onSuccess: (story) => keep(client, id, story),
    onError: (error, edit) => {
      if (error instanceof Overtaken) {
        toast.error(storiesStrings.conflict.title, {
          description: storiesStrings.conflict.text,
          duration: 15_000,
          action: {
            label: storiesStrings.conflict.mine,
            onClick: () => mutation.mutate(anyway(edit)),
          },
        });
      } else toast.error(said(error));
    },
    onSettled: (_data, _error, edit) => setPending(client, id, (all) => all.filter((each) => each !== edit)),
  });
  return mutation;
}

/** The same edit, whatever it replaces. */
function anyway({ base: _, ...edit }: Edit): Edit {
  return { ...edit, reads: () => null };
}

/** Somebody else has changed the same thing. */
class Overtaken extends Error {}

async function send(client: QueryClient, id: string, edit: Edit): Promise<Story> {
  const key = keys.story(id);
  const ask = () => client.fetchQuery<Story>({ queryKey: key, queryFn: read(id), staleTime: 0 });
  let story: Story = client.getQueryData<Story>(key) ?? (await ask());
  const before = edit.base ?? edit.reads?.(story.document);
  if (edit.reads && !sameValue(edit.reads(story.document), before)) throw new Overtaken();
  for (let tries = 1; ; tries += 1) {
    try {
      return (await edit.send(id, story.version)) as unknown as Story;
    } catch (error) {
      if (problemOf(error).status !== CONFLICT || tries >= MOST_TRIES) throw error;
      const last = story.version;
      story = await ask();
      if (!edit.reads || story.version === last) throw error; // it is not about the version
      if (!sameValue(edit.reads(story.document), before)) throw new Overtaken();
    }
  }
}

/** Put an answer where pages look, and have what hangs on the document asked for again. */
export function keep(client: QueryClient, id: string, story: Story): void {
  client.setQueryData<Story>(keys.story(id), (now) => (now && now.version > story.version ? now : story));
  void refresh(client, id, false);
}

/** Ask again for what is shown of a story. */
export function refresh(client: QueryClient, id: string, story = true): Promise<void> {
  const own = keys.one(id);
  return client.invalidateQueries({
    queryKey: own,
    predicate: ({ queryKey }) => queryKey[3] !== "pending" && (story || queryKey[3] !== "story"),
  });
}

function setPending(
  client: QueryClient,
  id: string,
  change: (all: readonly Edit[]) => readonly Edit[],
): void {
  client.setQueryData<readonly Edit[]>(keys.pending(id), (all) => change(all ?? NONE));
}

/** What is left to be made: cost and time. */
export function useEstimate(id: string) {
  return useQuery({
    queryKey: keys.estimate(id),
    queryFn: () => api.readEstimate(id),
    placeholderData: (before) => before,
  });
}

/** Have everything made up to a step; and stop it. */
export function useRun(id: string) {
  const client = useQueryClient();
  const after = {
    onError: (error: unknown) => toast.error(said(error)),
    onSettled: () => refresh(client, id),
  };
  return {
    run: useMutation({ mutationFn: (until: Story["until"]) => api.runStory(id, until), ...after }),
    cancel: useMutation({ mutationFn: () => api.cancelStory(id), ...after }),
  };
}

/** Every provider of a kind, with whether it can be used as things stand. */
export function useProviders(kind: "script" | "voice" | "picture" | "video") {
  return useQuery({ queryKey: keys.providers(kind), queryFn: () => api.readProvidersOf(kind) });
}

import { useMutation } from "@tanstack/react-query";
import { LoaderCircle, WandSparkles } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ScriptJob } from "@/api";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import * as api from "@/features/stories/api";
import type { Story } from "@/features/stories/document";
import { priceWords } from "@/features/stories/price";
import { useEstimate } from "@/features/stories/use-story";
import { said } from "@/lib/problem";
import { scriptStrings } from "@/strings/story-script";
import { Review, type Version } from "./review";

const words = scriptStrings.improve;
const AGAIN_MS = 700;

/** Rewrites the script by an instruction. Nothing changes before a person accepts it, piece by piece. */
export function Improve({ story }: { story: Story }) {
  const [instruction, setInstruction] = useState("");
  const [version, setVersion] = useState<Version | null>(null);
  const estimate = useEstimate(story.story_id);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);
  const ask = useMutation({
    mutationFn: () => rewritten(story, instruction.trim(), () => gone.current),
    onSuccess: (next) => setVersion(next),
  });
  if (version) {
    return (
      <Review
        story={story}
        version={version}
        onDone={() => {
          setVersion(null);
          ask.reset();
        }}
      />
    );
  }
  const price = estimate.data ? priceWords(Number(estimate.data.rewrite_cost)) : "";
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (instruction.trim() && !ask.isPending) ask.mutate();
      }}
    >
      <Field label={words.instruction} hideLabel error={ask.error ? failure(ask.error) : undefined}>
        {(ids) => (
          <Textarea
            {...ids}
            className="min-h-16!"
            maxLength={20_000}
            placeholder={words.placeholder}
            value={instruction}
            onChange={(event) => setInstruction(event.target.value)}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-1">
        {words.presets.map((each) => (
          <Button key={each} size="sm" onClick={() => setInstruction(each)}>
            {each}
          </Button>
        ))}
      </div>
      <Button type="submit" disabled={ask.isPending || !instruction.trim()}>
        {ask.isPending ? <LoaderCircle className="animate-spin" /> : <WandSparkles />}
        {ask.isPending ? words.working : words.go}
        {price && !ask.isPending && <span className="font-normal text-muted">· {price}</span>}
      </Button>
    </form>
  );
}

/** Why nothing was rewritten, as whoever was to do it has said. */
class Unwritten extends Error {}

const failure = (error: unknown): string => (error instanceof Unwritten ? error.message : said(error));

/** Have the script rewritten as it is now, and wait for it. */
async function rewritten(story: Story, instruction: string, isGone: () => boolean): Promise<Version | null> {
  const { document } = story;
  const sections = document.sections.map(({ heading, narration, on_screen, visual_prompt, keywords }) => ({
    heading,
    narration,
    on_screen,
    visual_prompt,
    keywords,
  }));
  let job: ScriptJob = await api.improveScript({
    script: { title: document.title || story.name, language: document.language, sections },
    instruction,
    locked: document.sections.flatMap((each, place) => (each.locked ? [place] : [])),
    provider: document.script.provider || null,
    model: document.script.model || null,
    seconds: document.target_seconds,
    audience: document.audience,
    tone: document.tone,
    style: document.style,
  });
  while (!job.result && job.status !== "FAILED" && !job.waitingFor) {
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    if (isGone()) return null;
    job = await api.readScriptJob(job.jobId);
  }
  if (!job.result) throw new Unwritten(job.error?.message ?? words.failed);
  return { draft: job.result.draft, before: document.sections, provider: job.provider };
}

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { toast } from "sonner";
import type { Operation, ProviderView, VideoView } from "@/api";
import { droppedHere, handOver } from "@/lib/dropped";
import { studioStrings } from "@/strings/studio";
import { Compose } from "./compose";
import { Gallery } from "./gallery";
import { keepHistory, keptHistory, remember } from "./prompt-history";
import { fitTo, formOf, formOfTake, keepForm, keptForm, type Start, type StudioForm } from "./studio-form";

type Props = {
  providers: readonly ProviderView[];
  operations: readonly Operation[];
  total: number;
  more: (() => void) | null;
  /** A take of any job to begin with: from its last frame, or with its prompt and settings. */
  from: { video: VideoView; start: boolean } | null;
  openId: string | undefined;
  onOpen: (operationId: string | null) => void;
};

/** One prompt, one video: what is asked for beside what has come of it. */
export function Studio({ providers, operations, total, more, from, openId, onOpen }: Props) {
  const [form, setForm] = useState<StudioForm>(() => {
    const kept = keptForm();
    return fitTo(
      kept,
      providers.find((each) => each.id === kept.provider),
    );
  });
  const [start, setStart] = useState<Start | null>(null);
  const [history, setHistory] = useState(keptHistory);
  const [going, setGoing] = useState(false);
  const words = useRef<HTMLTextAreaElement>(null);

  function change(next: StudioForm): void {
    setForm(next);
    keepForm(next);
  }
  function toWords(): void {
    onOpen(null);
    setGoing(true);
  }
  useEffect(() => {
    if (!going || openId) return; // the player keeps the keyboard for as long as it is there
    setGoing(false);
    setTimeout(() => {
      words.current?.scrollIntoView({ block: "center" });
      words.current?.focus({ preventScroll: true });
    });
  }, [going, openId]);
  const dropped = useSyncExternalStore(droppedHere.subscribe, droppedHere.get);
  const changeNow = useRef(change);
  changeNow.current = change;
  const formNow = useRef(form);
  formNow.current = form;
  useEffect(() => {
    const [file] = dropped;
    if (!file?.type.startsWith("image/")) return;
    handOver([]);
    changeNow.current({ ...formNow.current, mode: "image" });
    setStart({ kind: "file", file });
  }, [dropped]);
  const begun = useCallback((prompt: string) => {
    setHistory((before) => {
      const next = remember(before, prompt);
      keepHistory(next);
      return next;
    });
  }, []);
  const wanted = from?.video.video_id;
  const fromNow = useRef(from);
  fromNow.current = from;
  useEffect(() => {
    const { current } = fromNow;
    if (!wanted || !current) return;
    const { video } = current;
    const next = formOfTake(video, formNow.current);
    changeNow.current(current.start ? { ...next, mode: "image" } : next);
    if (current.start)
      setStart({ kind: "video", id: video.video_id, picture: `/api/videos/${video.video_id}/last-frame` });
    setGoing(true);
  }, [wanted]);
  async function vary(operation: Operation): Promise<void> {
    change(formOf(operation, form));
    if (operation.image_url) {
      const answer = await fetch(operation.image_url);
      if (answer.ok)
        setStart({
          kind: "file",
          file: new File([await answer.blob()], "start.jpg", { type: "image/jpeg" }),
        });
      else toast.error(studioStrings.imageGone);
    }
    toWords();
  }
  function startFrom(operation: Operation): void {
    const { operation_id: id, last_frame_url: picture } = operation;
    if (!picture) return;
    change({ ...formOf(operation, form), mode: "image" });
    setStart({ kind: "video", id, picture });
    toWords();
  }
  return (
    <div className="grid items-start gap-x-6 gap-y-8 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Compose
        providers={providers}
        form={form}
        start={start}
        history={history}
        words={words}
        onForm={change}
        onStart={setStart}
        onBegun={begun}
      />
      <Gallery
        providers={providers}
        operations={operations}
        total={total}
        more={more}
        openId={openId}
        onOpen={onOpen}
        onVary={vary}
        onStartFrom={startFrom}
      />
    </div>
  );
}

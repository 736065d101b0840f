import { useEffect, useRef, useState } from "react";
import type { Problem, UploadReport } from "@/api";
import { EMPTY, type Pile, problems, toForm } from "@/lib/pile";
import { problemOf } from "@/lib/problem";
import { Dropped, Stopped, upload } from "@/lib/upload";

export type Phase =
  | { is: "idle" }
  | { is: "sending"; done: number; all: number }
  | { is: "ready"; report: UploadReport; stale: boolean }
  | { is: "wrong"; problem: Problem }
  | { is: "dropped" }
  | { is: "stopped" };

export type PromptsFrom = "file" | "text";

/** Files and prompts on their way to a job: what was chosen, and how far the upload is. */
export function useBatch() {
  const [pile, setPile] = useState<Pile>(EMPTY);
  const [from, setFrom] = useState<PromptsFrom>("file");
  const [pasted, setPasted] = useState("");
  const [phase, setPhase] = useState<Phase>({ is: "idle" });
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const text = from === "text" ? pasted : null;
  const empty =
    pile.images.length === 0 && !pile.zip && (text === null ? pile.prompts.length === 0 : !text.trim());
  const sending = phase.is === "sending";

  useEffect(() => {
    if (!sending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [sending]);

  /** What was checked is not what is there now. */
  function changed(): void {
    setPhase((now) => (now.is === "ready" ? { ...now, stale: true } : { is: "idle" }));
  }

  async function send(toJob: () => Promise<string>): Promise<void> {
    stop.current = new AbortController();
    const { signal } = stop.current;
    const form = toForm(pile, text);
    setPhase({ is: "sending", done: 0, all: 0 });
    try {
      const jobId = await toJob();
      if (signal.aborted) throw new Stopped();
      const told = (done: number, all: number) => setPhase({ is: "sending", done, all });
      setPhase({ is: "ready", report: await upload(jobId, form, told, signal), stale: false });
    } catch (error) {
      if (error instanceof Stopped) setPhase({ is: "stopped" });
      else if (error instanceof Dropped) setPhase({ is: "dropped" });
      else setPhase({ is: "wrong", problem: problemOf(error) });
    }
  }

  return {
    pile,
    from,
    pasted,
    phase,
    sending,
    canSend: !empty && !sending && problems(pile).length === 0,
    setPile: (next: Pile) => {
      if (next.prompts.length > pile.prompts.length) setFrom("file");
      setPile(next);
      changed();
    },
    setFrom: (next: PromptsFrom) => {
      setFrom(next);
      changed();
    },
    setPasted: (next: string) => {
      setPasted(next);
      changed();
    },
    changed,
    send,
    stop: () => stop.current.abort(),
  };
}

export type Batch = ReturnType<typeof useBatch>;

import { useCallback, useEffect, useRef, useState } from "react";
import type { Problem, UploadReport } from "@/api";
import { problemOf } from "@/lib/problem";
import { Dropped, Stopped, upload } from "./upload";

export type Phase =
  | { is: "idle" }
  | { is: "sending"; done: number; all: number }
  | { is: "ready"; report: UploadReport; stale: boolean }
  | { is: "wrong"; problem: Problem }
  | { is: "dropped" }
  | { is: "stopped" };

/** Sends a form to a job, and tells how far it is. Leaving the page meanwhile has to be meant. */
export function useSend() {
  const [phase, setPhase] = useState<Phase>({ is: "idle" });
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const sending = phase.is === "sending";

  useEffect(() => {
    if (!sending) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [sending]);

  /** What was checked is not what is there now. */
  const changed = useCallback(() => {
    setPhase((now) =>
      now.is === "ready" ? { ...now, stale: true } : now.is === "idle" ? now : { is: "idle" },
    );
  }, []);

  /** The job it was sent to, when the server took it. */
  async function send(form: FormData, toJob: () => Promise<string>): Promise<string | null> {
    stop.current = new AbortController();
    const { signal } = stop.current;
    setPhase({ is: "sending", done: 0, all: 0 });
    try {
      const jobId = await toJob();
      if (signal.aborted) throw new Stopped();
      const told = (done: number, all: number) => setPhase({ is: "sending", done, all });
      setPhase({ is: "ready", report: await upload(jobId, form, told, signal), stale: false });
      return jobId;
    } catch (error) {
      if (error instanceof Stopped) setPhase({ is: "stopped" });
      else if (error instanceof Dropped) setPhase({ is: "dropped" });
      else setPhase({ is: "wrong", problem: problemOf(error) });
      return null;
    }
  }

  return { phase, sending, changed, send, stop: () => stop.current.abort() };
}

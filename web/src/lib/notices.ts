// Tells people who look elsewhere that a job has ended or that something needs them.
import type { QueryClient } from "@tanstack/react-query";
import type { NeedView } from "@/api";
import { readJobOptions, readNeedsOptions } from "@/api/@tanstack/react-query.gen";
import { type Heard, listen } from "@/lib/live";
import { needTitle } from "@/lib/needs";
import { noticesStrings } from "@/strings/notices";

export type NoticeState = "unable" | "denied" | "off" | "on";

const KEY = "rushes.notices";
const GATHER_MS = 3000; // what happens together is told together

let told: ReadonlySet<string> | null = null; // the needs that are no news

/** Whether this browser may and shall show them. */
export function noticeState(): NoticeState {
  if (!("Notification" in window) || !isSecureContext) return "unable";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && localStorage.getItem(KEY) === "on" ? "on" : "off";
}

/** Switch them. The browser asks the first time; what came of it is the answer. */
export async function switchNotices(client: QueryClient, on: boolean): Promise<NoticeState> {
  if (on && (await Notification.requestPermission()) === "granted") {
    localStorage.setItem(KEY, "on");
    void quietly(newOnes(client));
  } else localStorage.removeItem(KEY);
  return noticeState();
}

/** Show one. The same `tag` in another tab takes its place instead of coming twice. */
export function notify(title: string, body: string, tag: string, onOpen?: () => void): void {
  const shown = new Notification(title, { body, tag, icon: "/favicon.svg" });
  shown.onclick = () => {
    window.focus();
    shown.close();
    onOpen?.();
  };
}

/** Tell of what happens for as long as the page is open. `open` goes to a job, or (null) to all that needs
 * the user. */
export function followNotices(client: QueryClient, open: (jobId: string | null) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function tellNeeds(): Promise<void> {
    timer = undefined;
    const fresh = await newOnes(client);
    if (!looksElsewhere()) return;
    for (const need of fresh) notify(needTitle(need), needBody(need), needKey(need), () => open(need.job_id));
  }

  async function tellEnd(job_id: string): Promise<void> {
    const job = await client.fetchQuery({ ...readJobOptions({ path: { job_id } }), staleTime: 0 });
    if (!looksElsewhere()) return;
    const title = (job.status === "failed" ? noticesStrings.failed : noticesStrings.ended)(job.job_name);
    notify(title, noticesStrings.made(job.completed_videos, job.failed_videos), job_id, () => open(job_id));
  }

  listen((heard) => {
    if (noticeState() !== "on") return;
    if (hasEnded(heard) && heard.job_id) void quietly(tellEnd(heard.job_id));
    if (!timer && mayNeed(heard)) timer = setTimeout(() => quietly(tellNeeds()), GATHER_MS);
  });
  if (noticeState() === "on") void quietly(newOnes(client));
}

/** What cannot be asked now (the server is away) is told by the page itself. */
function quietly(work: Promise<unknown>): Promise<unknown> {
  return work.catch(() => undefined);
}

/** The needs that came since this was asked last. None at first: what is known already is not news. */
async function newOnes(client: QueryClient): Promise<NeedView[]> {
  const needs = await client.fetchQuery({ ...readNeedsOptions(), staleTime: 0 });
  const fresh = told ? newNeeds(told, needs) : [];
  told = new Set(needs.map(needKey));
  return fresh;
}

function looksElsewhere(): boolean {
  return document.visibilityState === "hidden" || !document.hasFocus();
}

/** Whether an event says that a job came to its end by itself. */
export function hasEnded({ type, status }: Heard): boolean {
  return type === "job" && (status === "completed" || status === "failed");
}

/** Whether an event may be of something that needs the user. */
export function mayNeed({ type, status }: Heard): boolean {
  if (type === "job") return status === "paused";
  return type === "credential" || status === "waiting" || status === "failed";
}

/** Those that were not there before. More of the same kind is not news. */
export function newNeeds(told: ReadonlySet<string>, needs: readonly NeedView[]): NeedView[] {
  return needs.filter((need) => !told.has(needKey(need)));
}

/** What makes one need the same as another. */
export function needKey(need: NeedView): string {
  const { job_id, account, receiver, kind, error_type, waiting_for, submission_id } = need;
  return [job_id, account ?? receiver, kind, error_type, waiting_for, submission_id].join(" ");
}

function needBody({ job_name, account, receiver, message }: NeedView): string {
  return [job_name ?? account ?? receiver, message].filter(Boolean).join(": ");
}

// Generation B beneath the page: REST calls, and tRPC for projects. ? Bodies are ours, paths and states as known.
import { name } from "../dom.js";

export class RestFailure extends Error {}

async function call(path, body) {
  const response = await fetch(path, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new RestFailure(answer.error?.message), { status: response.status });
  return answer;
}

export const rest = (id, body) => call(`/v1/${id === "credits" ? "" : "video:"}${name("rpc", id)}`, body);
export const upload = (body) => call(`/v1:${name("rpc", "uploadUserImage")}`, body);
export const trpc = async (id, args) => (await call(`/fx/api/trpc/${id}`, { json: args })).result.data.json;

const PHASES = { PENDING: "queued", ACTIVE: "running", SCHEDULED: "queued", SUCCESSFUL: "done", FAILED: "failed", ERROR: "failed" };

export function readOperation({ name: id, operation, status }) {
  const { metadata, error } = operation;
  const phase = PHASES[status.replace("MEDIA_GENERATION_STATUS_", "")];
  const address = metadata.video?.fifeUrl ?? metadata.image?.fifeUrl ?? "";
  return {
    id, title: metadata.title, kind: metadata.kind, percent: metadata.percent, complaint: error?.message ?? "",
    phase: phase === "done" && !address ? "running" : phase, url: address, prompt: metadata.prompt,
  };
}

// The page's side of batchexecute, and what it makes of the records in the replies.
import { boot, name } from "./dom.js";

const PATH = "/_/AiSandboxAngularFrontend/data/batchexecute";
const SESSION_ID = String(Math.floor(Math.random() * 9e18));
let requests = 100000 + Math.floor(Math.random() * 9e5);

export class RpcFailure extends Error {
  constructor(code, text) {
    super(text || `error ${code}`);
    this.code = code;
    this.text = text || "";
  }
}

export async function rpc(id, args) {
  const wireId = name("rpc", id);
  const query = new URLSearchParams({
    rpcids: wireId, "source-path": location.pathname, "f.sid": SESSION_ID, bl: window.WIZ_global_data.cfb2h,
    hl: boot.language, _reqid: String((requests += 100000)), rt: "c",
  });
  if (boot.bare_rpc_url) query.delete("rpcids");
  const body = new URLSearchParams({
    "f.req": JSON.stringify([[[wireId, JSON.stringify(args), null, "generic"]]]),
    at: window.WIZ_global_data.SNlM0e,
  });
  const headers = { "X-Same-Domain": "1", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" };
  const response = await fetch(`${PATH}?${query}`, { method: "POST", body, headers });
  if (!response.ok) throw new RpcFailure(13, "Oops, something went wrong!");
  return parse(await response.text(), wireId);
}

function parse(text, wireId) {
  let lines = text.slice(text.indexOf("\n")).trim();
  if (boot.wire === "opaque") {
    const bytes = Uint8Array.from(atob(lines.slice(3)), (letter) => letter.charCodeAt(0));
    lines = new TextDecoder().decode(bytes);
  }
  for (const line of lines.split("\n").filter((each) => each.startsWith("["))) {
    for (const part of JSON.parse(line)) {
      if (part[0] !== "wrb.fr" || part[1] !== wireId) continue;
      if (part[2] !== null) return JSON.parse(part[2]);
      const failure = failureOf(part[5]);
      if (failure.code === 16) sessionEnded();
      throw failure;
    }
  }
  throw new RpcFailure(13, "Oops, something went wrong!");
}

function failureOf([code, , infos]) {
  return new RpcFailure(code, infos?.[0]?.[1]?.[1]);
}

let onEnd = () => {};
export function whenSessionEnds(act) {
  onEnd = act;
}
function sessionEnded() {
  if (boot.expired_page === "leaves") location.assign("/about");
  else onEnd();
}

const STATUS = { 6: "queued", 2: "running", 3: "done", 4: "complaint" };

export function readRecord(record) {
  const shifted = boot.wire === "shifted";
  const details = shifted ? record[5].slice(1) : record[5];
  const info = shifted ? record[6][1].slice(1) : record[7][0];
  const [status, complaint] = details[8];
  return {
    id: shifted ? record[2] : record[0],
    status: STATUS[status],
    complaint: complaint?.[1] ?? "",
    percent: details[9],
    poster: details[10],
    kind: info[0],
    prompt: info[1],
    images: info[2],
    title: info[3],
    made: info[4],
    byAgent: info[6],
    portrait: info[7],
    url: info[8],
  };
}

// What the real page gets from reCAPTCHA right before a submit; good for one use.
export async function captchaToken() {
  const response = await fetch("/recaptcha/enterprise/reload?k=stand-in", { method: "POST" });
  const text = await response.text();
  return JSON.parse(text.slice(text.indexOf("\n")))[1];
}

import { expect, test } from "vitest";
import type { UncertainView } from "@/api";
import { asked, choices, EVERY, fitting } from "@/lib/uncertain";

function call(id: string, more: Partial<UncertainView>): UncertainView {
  return {
    submission_id: id,
    job_id: "job-1",
    job_name: "Rice",
    story_id: null,
    video_ids: [],
    provider: "veo",
    model: "veo-3",
    credential_id: "key-1",
    credential_name: "studio",
    claimed_at: "2030-01-02T03:00:00.000100Z",
    sent_at: null,
    submitted_at: null,
    finished_at: null,
    known_to_provider: false,
    cost_estimate: "0.40",
    billed: null,
    error_type: null,
    error_message: null,
    usage_url: null,
    ...more,
  };
}

const calls = [
  call("a", {}),
  call("b", { provider: "sora", credential_id: "key-2", credential_name: null }),
  call("c", { job_id: null, job_name: null, sent_at: "2030-01-02T04:00:00.000900Z" }),
];
const ids = (found: UncertainView[]) => found.map((each) => each.submission_id);

test("all that is named must fit", () => {
  expect(ids(fitting(calls, EVERY))).toEqual(["a", "b", "c"]);
  expect(ids(fitting(calls, { ...EVERY, job: "job-1", provider: "veo" }))).toEqual(["a"]);
  expect(ids(fitting(calls, { ...EVERY, credential: "key-2" }))).toEqual(["b"]);
});

test("the time is when it was sent, else when it was claimed; the end is not included", () => {
  const local = (iso: string) => {
    const at = new Date(iso);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  };
  expect(ids(fitting(calls, { ...EVERY, since: local("2030-01-02T03:30:00Z") }))).toEqual(["c"]);
  expect(ids(fitting(calls, { ...EVERY, until: local("2030-01-02T04:00:00Z") }))).toEqual(["a", "b"]);
});

test("what comes in after the list was read is not decided on", () => {
  const body = asked(calls, { ...EVERY, provider: "veo" });
  expect(body).toEqual({ provider: "veo", until: "2030-01-02T04:00:00.001Z" });
});

test("choices are named once", () => {
  const keys = choices(calls, (each) => ({ value: each.credential_id, name: each.credential_name }));
  expect(keys).toEqual([
    { value: "key-1", name: "studio" },
    { value: "key-2", name: "key-2" },
  ]);
});

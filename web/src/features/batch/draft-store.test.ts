import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetDraft, keepWords, keptFiles, keptWords } from "./draft-store";

/** What a browser keeps, in memory. With `room`, no more than so many characters. */
function storage(room = Number.POSITIVE_INFINITY) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => kept.delete(key),
    setItem: (key: string, value: string) => {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
  };
}

beforeEach(() => {
  vi.stubGlobal("localStorage", storage());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("words are there again as they were, as soon as they are kept", () => {
  expect(keptWords()).toBeNull();
  const words = { name: "Winter “24”", rows: [{ id: 1, prompt: "A fox\nin the snow" }], pasted: "" };
  expect(keepWords(words)).toBe(true);
  expect(keptWords()).toEqual(words);
});

test("without room it says so, and what was kept before is still there", () => {
  vi.stubGlobal("localStorage", storage(40));
  expect(keepWords({ name: "short" })).toBe(true);
  expect(keepWords({ name: "long".repeat(20) })).toBe(false);
  expect(keptWords()).toEqual({ name: "short" });
});

test("what is not ours, and a browser that keeps nothing, are no words", () => {
  localStorage.setItem("rushes-draft", "{cut off");
  expect(keptWords()).toBeNull();
  const closed = () => {
    throw new DOMException("not here", "SecurityError");
  };
  vi.stubGlobal("localStorage", { getItem: closed, setItem: closed, removeItem: closed });
  expect(keptWords()).toBeNull();
  expect(keepWords({})).toBe(false);
});

test("what is forgotten is gone, also when the files cannot be", async () => {
  vi.stubGlobal("indexedDB", { open: failing });
  keepWords({ name: "Winter" });
  await expect(forgetDraft()).rejects.toThrow("private window");
  expect(keptWords()).toBeNull();
  await expect(keptFiles()).rejects.toThrow("private window");
});

/** A database that cannot be opened. */
function failing() {
  const request = { error: new DOMException("private window"), onerror: () => undefined };
  queueMicrotask(() => request.onerror());
  return request;
}

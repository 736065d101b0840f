// No string of the page breaks the rules of its English that a machine can check.
import { expect, test } from "vitest";

const RULES: Record<string, RegExp> = {
  automatically: /\b(by|of) (itself|themselves)\b/i,
  continues: /\b(goes|go|went|going) on\b/i,
  reported: /\b(is|are|was|were|be|been) told\b/i,
  fix: /\bmend(s|ed|ing)?\b/i,
  "in progress": /\b(in the making|in flight|on (its|their) way)\b/i,
  remove: /\btake(s|n)? (it |them )?away\b|\btaken? home\b/i,
  "cooling down": /\brests?\b (for|until)/i,
  per: /\b(takes?|videos?|images?|shots?|\$?\d[\d.,]*|price|limit|time) an? (take|shot|day|month|video|minute|prompt|job)\b/i,
  "about this server": /\bthis installation\b/i,
  pick: /\b(un)?mark(s|ed)?\b/i,
};
const SAMPLES = [1, 2, 1234, "number"] as const;

const catalogues = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts"], { eager: true });

/** Every string below a value, functions called with one and with many. */
function* texts(value: unknown, path: string): Generator<[string, string]> {
  if (typeof value === "string") yield [path, value];
  else if (typeof value === "function") yield* answers(value as (...given: unknown[]) => unknown, path);
  else if (typeof value === "object" && value)
    for (const [key, below] of Object.entries(value)) yield* texts(below, `${path}.${key}`);
}

/** What a function says to the samples that are of its kind. */
function* answers(say: (...given: unknown[]) => unknown, path: string): Generator<[string, string]> {
  let said = 0;
  for (const sample of SAMPLES)
    try {
      const text = say(...Array.from({ length: say.length }, () => sample));
      if (typeof text !== "string") continue;
      said += 1;
      yield [`${path}(${sample})`, text];
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a sample of another kind
    }
  if (said === 0) throw new Error(`${path} says nothing to any sample`);
}

const all = Object.entries(catalogues).flatMap(([file, exports]) => [...texts(exports, file)]);

test("no string of the page breaks a rule", () => {
  expect(all.length).toBeGreaterThan(500);
  const broken = all.flatMap(([path, text]) =>
    Object.entries(RULES)
      .filter(([, rule]) => rule.test(text))
      .map(([better]) => `${path}: ${text} (${better})`),
  );
  expect(broken).toEqual([]);
});

test.each([
  ["This goes on by itself", ["automatically", "continues"]],
  ["2 takes a shot", ["per"]],
  ["$0.40 a take", ["per"]],
  ["1 problem to mend", ["fix"]],
  ["12 marked", ["pick"]],
  ["Generating a take of this shot", []],
])("%s", (text, broken) => {
  const found = Object.keys(RULES).filter((rule) => RULES[rule]?.test(text));
  expect(found).toEqual(broken);
});

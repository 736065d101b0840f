import { expect, it } from "vitest";
import { NO_REWRITE, rewritten } from "@/lib/rewrite";

const facts = { number: 7, image: "fox-hunt.png" };

it("replaces words as they are written, whatever their case, and takes nothing for a pattern", () => {
  expect(rewritten("A Fox (red). A fox.", { ...NO_REWRITE, find: "fox", replace: "owl" }, facts)).toBe(
    "A owl (red). A owl.",
  );
  expect(rewritten("A fox (red).", { ...NO_REWRITE, find: "(red).", replace: "$&!" }, facts)).toBe(
    "A fox $&!",
  );
});

it("puts words around it, with what the shot has", () => {
  const change = { ...NO_REWRITE, prefix: "Shot {number}: ", suffix: ", {image} {other}" };
  expect(rewritten("a fox", change, facts)).toBe("Shot 7: a fox, fox-hunt {other}");
  expect(rewritten("a fox", { ...NO_REWRITE, suffix: " {image}" }, { number: 1, image: null })).toBe("a fox");
});

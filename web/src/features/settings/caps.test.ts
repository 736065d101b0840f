import { describe, expect, it } from "vitest";
import { readCap, typedCap, usedShare } from "./caps";

describe("a cap", () => {
  it("is read as people write it", () => {
    expect(readCap("20")).toBe("20");
    expect(readCap(" $12,50 ")).toBe("12.50");
    expect(readCap("0")).toBe("0");
  });
  it("is none when nothing is written", () => {
    expect(readCap("  ")).toBeNull();
    expect(typedCap(null)).toBe("");
  });
  it("is nothing else", () => {
    for (const typed of ["-1", "1e3", "ten", "1.2.3", "1,000.00"]) expect(readCap(typed)).toBeUndefined();
  });
  it("comes back as it was typed", () => {
    expect(typedCap("20.000000")).toBe("20");
    expect(typedCap("12.500000")).toBe("12.5");
  });
  it("is used to a share, never above all of it", () => {
    expect(usedShare("5", "20")).toBe(25);
    expect(usedShare("30", "20")).toBe(100);
    expect(usedShare("0", "0")).toBe(100);
    expect(usedShare("5", null)).toBeNull();
  });
});

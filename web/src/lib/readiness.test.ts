import { describe, expect, it } from "vitest";
import type { ProviderView } from "@/api";
import { againPrice, priceWords, readinessOf } from "@/lib/readiness";

const omni = { id: "omni", needs: "key", service: "google" } as ProviderView;
const flow = { id: "flow", needs: "flow_account", service: "flow" } as ProviderView;
const free = { id: "animatic", needs: null, service: "animatic" } as ProviderView;

describe("readiness", () => {
  it("wants a working key of the same service", () => {
    expect(readinessOf(omni, [], [])).toBe("no-key");
    expect(readinessOf(omni, [{ service: "fal", state: "ready" }], [])).toBe("no-key");
    expect(readinessOf(omni, [{ service: "google", state: "invalid" }], [])).toBe("no-key");
    expect(readinessOf(omni, [{ service: "google", state: "ready" }], [])).toBe("ready");
  });
  it("wants an account that is signed in", () => {
    expect(readinessOf(flow, [], [{ state: "needs_auth" }])).toBe("no-account");
    expect(readinessOf(flow, [], [{ state: "ready" }])).toBe("ready");
  });
  it("wants nothing of what is free", () => expect(readinessOf(free, [], [])).toBe("ready"));
});

describe("prices", () => {
  it("are said in words", () => {
    expect([priceWords(0.4), priceWords(0), priceWords(null)]).toEqual(["$0.40", "free", "price unknown"]);
  });
  it("add up, unless one is unknown", () => {
    const paid = { price: "0.4", provider: "omni" };
    expect(againPrice([paid, paid], [omni])).toBeCloseTo(0.8);
    expect(againPrice([paid, { price: "0", provider: "omni" }], [omni])).toBeNull();
    expect(againPrice([{ price: "0", provider: "animatic" }], [free])).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { captionAt, currentBit, emSize, follow, middleOf, safeArea } from "./captions";
import { duckedGain } from "./duck";
import { boxAt, mixOf, overlayShare, smoothstep } from "./easing";

const KINDS = ["cross_fade", "dip_black", "dip_white", "wipe", "slide", "zoom"] as const;

describe("transitions", () => {
  it.each(KINDS)("%s begins with the first scene alone and ends with the second", (kind) => {
    const start = mixOf(kind, 0);
    expect(start.from).toEqual({ weight: 1, zoom: 1, x: expect.closeTo(0) });
    expect(start.to.weight === 0 || start.to.clip === 1 || start.to.x === 1).toBe(true);
    const end = mixOf(kind, 1);
    expect(end.to.weight).toBeCloseTo(1);
    expect([end.to.x, end.to.clip].every((each) => Math.abs(each) < 1e-9)).toBe(true);
  });

  it("mix as xfade does", () => {
    expect(mixOf("cross_fade", 0.25).to.weight).toBe(0.25);
    const dip = mixOf("dip_black", 0.5);
    expect(dip.from.weight).toBe(0);
    expect(dip.to.weight).toBeCloseTo(0.5 * (1 - smoothstep(0.2, 1, 0.5)));
    expect(mixOf("wipe", 0.25).to.clip).toBe(0.75);
    expect(mixOf("slide", 0.25)).toMatchObject({ from: { x: -0.25 }, to: { x: 0.75 } });
    expect(mixOf("zoom", 0.5)).toMatchObject({ from: { zoom: 0 }, to: { weight: 0 } });
  });

  it("fade overlays at both ends, at most half of what they last", () => {
    expect([0, 4, 8, 50, 96].map((at) => overlayShare(at, 100, 8))).toEqual([0, 0.5, 1, 1, 0.5]);
    expect(overlayShare(-1, 100, 8)).toBe(0);
    expect(overlayShare(1, 3, 8)).toBe(1);
  });
});

describe("the camera", () => {
  it("goes straight between its steps", () => {
    const boxes = [
      [0, 0, 1, 1],
      [0.1, 0.2, 0.5, 0.5],
    ];
    expect(boxAt(boxes, 0.5)).toEqual([0.05, 0.1, 0.75, 0.75]);
    expect(boxAt(boxes, 2)).toEqual([0.1, 0.2, 0.5, 0.5]);
    expect(boxAt([], 0.3)).toEqual([0, 0, 1, 1]);
  });
});

describe("music", () => {
  const speech = [
    [1, 2],
    [2.1, 3],
  ] as const;

  it("is lowered under speech and comes back after it", () => {
    expect(duckedGain(0.5, speech, 12)).toBe(1);
    expect(duckedGain(1.5, speech, 12)).toBeCloseTo(10 ** (-12 / 20), 3);
    expect(duckedGain(2.05, speech, 12)).toBeLessThan(0.4); // no swell in a short pause
    expect(duckedGain(6, speech, 12)).toBeGreaterThan(0.99);
    expect(duckedGain(1.5, speech, 0)).toBe(1);
  });
});

describe("captions", () => {
  const bit = (text: string, start: number, end: number) => ({ text, start, end, space: true });
  const captions = [
    { start: 3, end: 20, lines: [[bit("Rice", 3, 9), bit("grows", 9, 16)]] },
    { start: 40, end: 60, lines: [[bit("Water", 40, 55)]] },
  ];

  it("are found by their frames, with the word that is spoken", () => {
    expect(captionAt(captions, 2)).toBeNull();
    expect(captionAt(captions, 20)).toBeNull();
    const shown = captionAt(captions, 9);
    expect(shown && currentBit(shown, 8)?.text).toBe("Rice");
    expect(shown && currentBit(shown, 9)?.text).toBe("grows");
    expect(shown && currentBit(shown, 19)?.text).toBe("grows");
  });

  it("move with their section until the server has laid them out again", () => {
    const before = [
      { start: 0, end: 30 },
      { start: 30, end: 70 },
    ];
    const after = [
      { start: 0, end: 36 },
      { start: 36, end: 76 },
    ];
    const moved = follow(captions, before, after);
    expect(moved.map((each) => each.start)).toEqual([3, 46]);
    expect(moved[1]?.lines[0]?.[0]?.start).toBe(46);
    expect(follow(captions, before, [null, { start: 0, end: 40 }]).map((each) => each.start)).toEqual([10]);
  });

  it("stand inside the safe area, whatever their position", () => {
    const size = { width: 1080, height: 1920 };
    const look = {
      style: "highlight",
      position: 1,
      size: 1,
      colour: "#ffffff",
      highlight: "#ffd84d",
      outline: "#101010",
      box: "#000000",
    } as const;
    expect(emSize(size, look)).toBeCloseTo(60.48);
    const middle = middleOf(size, look, { line: 1.362 }, 2);
    expect(middle).toBeCloseTo(safeArea(size).bottom - 60.48 * 1.362);
  });
});

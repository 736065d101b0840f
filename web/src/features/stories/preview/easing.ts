// The transitions of FFmpeg's xfade, as it computes them: what the film shows. `progress` goes from 0 to 1.
import type { JoinKind } from "@/features/stories/film-model";

const PHASE = 0.2;

export function smoothstep(low: number, high: number, value: number): number {
  const at = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return at * at * (3 - 2 * at);
}

/** How a transition draws both scenes at a time. Weights are of plain mixing; the rest is `ground`. */
export type Mix = {
  from: { weight: number; zoom: number; x: number };
  to: { weight: number; x: number; clip: number };
  ground: string | null;
};

/** `x` are shares of the frame that a scene is moved by; `clip`: the share from which on it is seen; `zoom`:
 * the share of the frame, around its middle, that fills it. */
export function mixOf(kind: JoinKind, progress: number): Mix {
  const back = 1 - progress; // as xfade counts
  const mix: Mix = {
    from: { weight: 1, zoom: 1, x: 0 },
    to: { weight: 1, x: 0, clip: 0 },
    ground: null,
  };
  switch (kind) {
    case "dip_black":
    case "dip_white":
      mix.ground = kind === "dip_black" ? "#000000" : "#ffffff";
      mix.from.weight = back * smoothstep(1 - PHASE, 1, back);
      mix.to.weight = (1 - back) * (1 - smoothstep(PHASE, 1, back));
      return mix;
    case "wipe":
      mix.to.clip = back;
      return mix;
    case "slide":
      mix.from.x = -progress;
      mix.to.x = back;
      return mix;
    case "zoom":
      mix.from.zoom = smoothstep(0.5, 1, back);
      mix.to.weight = 1 - smoothstep(0, 0.5, back);
      return mix;
    default:
      mix.to.weight = progress;
      return mix;
  }
}

/** How much of an overlay is seen, `at` frames after it begins: faded at both ends. */
export function overlayShare(at: number, frames: number, fade: number): number {
  const own = Math.min(fade, Math.floor(frames / 2));
  if (at < 0 || at >= frames) return 0;
  if (own === 0) return 1;
  return Math.min(1, at / own, (frames - at) / own);
}

/** The box a camera sees at a time 0 to 1, from boxes at equal steps. */
export function boxAt(boxes: readonly (readonly number[])[], time: number): [number, number, number, number] {
  const at = Math.min(Math.max(time, 0), 1) * Math.max(0, boxes.length - 1);
  const low = boxes[Math.floor(at)] ?? [0, 0, 1, 1];
  const high = boxes[Math.ceil(at)] ?? low;
  const rest = at - Math.floor(at);
  const side = (index: number) => {
    const start = low[index] ?? 0;
    return start + ((high[index] ?? start) - start) * rest;
  };
  return [side(0), side(1), side(2), side(3)];
}

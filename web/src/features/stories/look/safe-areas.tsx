// What the buttons and texts of big platforms cover of a film, as shares of the frame. Guides, not measurements: the
// apps differ by device and change; the numbers leave a little room.
import { filmStrings } from "@/strings/story-film";

export const PLATFORMS = ["none", "tiktok", "reels", "shorts", "youtube"] as const;
export type Platform = (typeof PLATFORMS)[number];

type Insets = { top: number; right: number; bottom: number; left: number };
const INSETS: Record<Exclude<Platform, "none">, Insets> = {
  tiktok: { top: 0.07, right: 0.13, bottom: 0.2, left: 0.06 },
  reels: { top: 0.12, right: 0.12, bottom: 0.2, left: 0.06 },
  shorts: { top: 0.08, right: 0.13, bottom: 0.19, left: 0.05 },
  youtube: { top: 0.05, right: 0.05, bottom: 0.12, left: 0.05 },
};

type Props = { platform: Platform; shape: string };

export function SafeAreas({ platform, shape }: Props) {
  if (platform === "none") return null;
  const upright = shape === "9:16";
  const { top, right, bottom, left } = upright || platform === "youtube" ? INSETS[platform] : INSETS.youtube;
  const share = (value: number) => `${value * 100}%`;
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0">
      <div
        className="absolute rounded-sm border border-white border-dashed shadow-[0_0_0_9999px_rgb(200_30_60/0.28)]"
        style={{ top: share(top), right: share(right), bottom: share(bottom), left: share(left) }}
      >
        <span className="absolute top-1 left-1 rounded bg-black/75 px-1 text-2xs text-white">
          {filmStrings.look.platforms[platform]}
        </span>
      </div>
    </div>
  );
}

import type { Doc } from "@/features/stories/document";
import { cn } from "@/lib/cn";
import { filmStrings } from "@/strings/story-film";
import { ColourField, Group, percent, RangeField } from "./fields";

const tl = filmStrings.look;
type Look = Doc["look"];
type Captions = Look["captions"];
type Style = Captions["style"];

type Props = { look: Look; onChange: (change: Partial<Look>, group?: string) => void };

/** How captions look; each style is shown as it is. */
export function CaptionFields({ look, onChange }: Props) {
  const { captions } = look;
  const set = (change: Partial<Captions>, group = "") =>
    onChange({ captions: { ...captions, ...change } }, group);
  return (
    <Group title={tl.captions}>
      <fieldset className="grid grid-cols-2 gap-2 sm:grid-cols-3">
        <legend className="sr-only">{tl.captions}</legend>
        {(Object.keys(tl.styles) as Style[]).map((style) => (
          <label
            key={style}
            className={cn(
              "flex cursor-pointer flex-col overflow-hidden rounded-md border has-focus-visible:outline-2 has-focus-visible:outline-accent-text",
              captions.style === style ? "border-accent-text ring-1 ring-accent-text" : "border-line",
            )}
          >
            <Sample style={style} captions={captions} />
            <span className="flex items-center gap-1.5 px-2 py-1 text-xs">
              <input
                type="radio"
                name="caption-style"
                checked={captions.style === style}
                onChange={() => set({ style })}
              />
              {tl.styles[style]}
            </span>
          </label>
        ))}
      </fieldset>
      <RangeField
        label={tl.position}
        value={captions.position}
        min={0}
        max={1}
        step={0.05}
        words={percent}
        onChange={(position) => set({ position }, "position")}
      />
      <RangeField
        label={tl.size}
        value={captions.size}
        min={0.5}
        max={2}
        step={0.05}
        words={percent}
        onChange={(size) => set({ size }, "size")}
      />
      <div className="grid grid-cols-4 gap-2">
        <ColourField label={tl.colour} value={captions.colour} onChange={(colour) => set({ colour }, "c")} />
        <ColourField
          label={tl.highlight}
          value={captions.highlight}
          onChange={(highlight) => set({ highlight }, "h")}
        />
        <ColourField
          label={tl.outline}
          value={captions.outline}
          onChange={(outline) => set({ outline }, "o")}
        />
        <ColourField label={tl.box} value={captions.box} onChange={(box) => set({ box }, "b")} />
      </div>
    </Group>
  );
}

function Sample({ style, captions }: { style: Style; captions: Captions }) {
  const outline = captions.outline;
  const shadow = style === "boxed" ? "none" : `0 0 2px ${outline}, 0 0 2px ${outline}, 0 0 3px ${outline}`;
  return (
    <span
      aria-hidden="true"
      className="grid h-12 place-items-center bg-[#5a6470] font-bold text-sm"
      style={{ color: captions.colour, textShadow: shadow }}
    >
      {style === "off" ? (
        ""
      ) : (
        <span
          className="rounded-sm px-1"
          style={style === "boxed" ? { background: `${captions.box}b0` } : {}}
        >
          {style === "one_word" ? (
            <span className="text-lg">rice</span>
          ) : (
            <>
              how <span style={style === "highlight" ? { color: captions.highlight } : {}}>rice</span> grows
            </>
          )}
        </span>
      )}
    </span>
  );
}

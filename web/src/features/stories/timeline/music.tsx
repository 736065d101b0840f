import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { toast } from "sonner";
import { Field, Select } from "@/components/ui/field";
import { uploadFile } from "@/features/stories/api";
import type { FilmRoom } from "@/features/stories/film-room";
import { said } from "@/lib/problem";
import { filmStrings } from "@/strings/story-film";

const tt = filmStrings.timeline;
type Kind = keyof typeof tt.musicKinds;

/** The music of the whole film: what, how loud, and how much quieter under speech. Heard at once. */
export function Music({ room: { edits, story } }: { room: FilmRoom }) {
  const { document } = edits;
  const { music } = document;
  const file = useRef<HTMLInputElement>(null);
  const set = (change: Partial<typeof music>, group = "") =>
    edits.apply({ ...document, music: { ...music, ...change } }, "Changed the music.", group);
  const upload = useMutation({
    mutationFn: (given: File) => uploadFile(story.story_id, given, "music"),
    onSuccess: ({ key }) => set({ kind: "file", key }),
    onError: (error) => toast.error(said(error)),
  });
  return (
    <section className="flex flex-col gap-3 border-line border-t pt-3">
      <Field label={tt.music} hint={upload.isPending ? tt.uploading : undefined}>
        {(ids) => (
          <Select
            {...ids}
            value={music.kind}
            onChange={(event) => {
              const kind = event.target.value as Kind;
              if (kind === "file" && !music.key) file.current?.click();
              else set({ kind });
            }}
          >
            {Object.entries(tt.musicKinds).map(([kind, name]) => (
              <option key={kind} value={kind}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <input
        ref={file}
        type="file"
        accept="audio/*"
        aria-label={tt.musicKinds.file}
        className="hidden"
        onChange={(event) => {
          const given = event.target.files?.[0];
          if (given) upload.mutate(given);
          event.target.value = "";
        }}
      />
      {music.kind !== "off" && (
        <>
          <Slider
            label={tt.gain}
            value={music.gain_db}
            range={[-30, 6]}
            onChange={(gain_db) => set({ gain_db }, "gain")}
          />
          <Slider
            label={tt.duck}
            value={music.duck_db}
            range={[0, 30]}
            onChange={(duck_db) => set({ duck_db }, "duck")}
          />
        </>
      )}
    </section>
  );
}

type SliderProps = {
  label: string;
  value: number;
  range: readonly [number, number];
  onChange: (value: number) => void;
};

function Slider({ label, value, range: [min, max], onChange }: SliderProps) {
  return (
    <Field label={label} aside={<span className="tnum text-muted text-xs">{tt.db(value)}</span>}>
      {(ids) => (
        <input
          type="range"
          min={min}
          max={max}
          step={1}
          {...ids}
          value={value}
          onChange={(event) => onChange(Number(event.target.value))}
          className="w-full accent-[var(--accent)]"
        />
      )}
    </Field>
  );
}

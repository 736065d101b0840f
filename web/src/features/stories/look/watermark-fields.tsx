import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { uploadFile } from "@/features/stories/api";
import type { Doc } from "@/features/stories/document";
import { said } from "@/lib/problem";
import { filmStrings } from "@/strings/story-film";
import { Group, percent, RangeField } from "./fields";

const tl = filmStrings.look;
type Look = Doc["look"];
type Corner = keyof typeof tl.corners;
const MARGIN = 0.04;
const NEW = { width: 0.14, opacity: 0.8, x: 1 - 0.14 - MARGIN, y: MARGIN };

type Props = {
  storyId: string;
  watermark: Look["watermark"];
  onChange: (change: Partial<Look>, group?: string) => void;
};

/** A picture over the whole film. */
export function WatermarkFields({ storyId, watermark, onChange }: Props) {
  const file = useRef<HTMLInputElement>(null);
  const set = (change: object, group = "") =>
    watermark && onChange({ watermark: { ...watermark, ...change } }, group);
  const upload = useMutation({
    mutationFn: (given: File) => uploadFile(storyId, given, "watermark"),
    onSuccess: ({ key }) => onChange({ watermark: { ...NEW, ...watermark, key } }),
    onError: (error) => toast.error(said(error)),
  });
  const corner = watermark
    ? (`${watermark.y < 0.5 ? "t" : "b"}${watermark.x < 0.4 ? "l" : "r"}` as Corner)
    : "tr";
  function place(to: Corner, width: number): void {
    const x = to.endsWith("l") ? MARGIN : 1 - width - MARGIN;
    set({ x: Math.max(0, x), y: to.startsWith("t") ? MARGIN : 0.88, width }, "watermark");
  }
  return (
    <Group title={tl.watermark}>
      <input
        ref={file}
        type="file"
        accept="image/png,image/webp,image/jpeg"
        aria-label={tl.watermarkAdd}
        className="hidden"
        onChange={(event) => {
          const given = event.target.files?.[0];
          if (given) upload.mutate(given);
          event.target.value = "";
        }}
      />
      <div className="flex flex-wrap gap-2">
        <Button disabled={upload.isPending} onClick={() => file.current?.click()}>
          {tl.watermarkAdd}
        </Button>
        {watermark && <Button onClick={() => onChange({ watermark: null })}>{tl.watermarkRemove}</Button>}
      </div>
      {watermark && (
        <>
          <Field label={tl.corner}>
            {(ids) => (
              <Select
                {...ids}
                value={corner}
                onChange={(event) => place(event.target.value as Corner, watermark.width)}
              >
                {Object.entries(tl.corners).map(([each, name]) => (
                  <option key={each} value={each}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <RangeField
            label={tl.width}
            value={watermark.width}
            min={0.04}
            max={0.5}
            step={0.01}
            words={percent}
            onChange={(width) => place(corner, width)}
          />
          <RangeField
            label={tl.opacity}
            value={watermark.opacity}
            min={0.1}
            max={1}
            step={0.05}
            words={percent}
            onChange={(opacity) => set({ opacity }, "opacity")}
          />
        </>
      )}
    </Group>
  );
}

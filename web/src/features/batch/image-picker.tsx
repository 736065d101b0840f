import { useMemo, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { cn } from "@/lib/cn";
import { matchStrings } from "@/strings/match";
import { PictureThumb } from "./picture-thumb";
import type { Picture } from "./pictures";
import type { Row } from "./rows";

type Props = {
  row: Row;
  rows: readonly Row[];
  pictures: ReadonlyMap<string, Picture>;
  onPick: (name: string) => void;
  onClose: () => void;
};

const MOST = 60;

/** Another image for a shot: those that no shot has come first. */
export function ImagePicker({ row, rows, pictures, onPick, onClose }: Props) {
  const [text, setText] = useState("");
  const found = useMemo(() => {
    const of = new Map(rows.map((each) => [each.image, each.number]));
    const all = [...pictures.values()]
      .filter((each) => each.name.toLowerCase().includes(text.trim().toLowerCase()))
      .map((picture) => ({ picture, number: of.get(picture.name) }));
    return [...all.filter((each) => !each.number), ...all.filter((each) => each.number)].slice(0, MOST);
  }, [rows, pictures, text]);
  return (
    <Dialog open onClose={onClose} title={matchStrings.pick(row.number)} text={matchStrings.pickText}>
      <Field label={matchStrings.filter}>
        {(ids) => <Input {...ids} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <ul className="grid max-h-[50dvh] grid-cols-[repeat(auto-fill,minmax(5.5rem,1fr))] gap-2 overflow-y-auto p-0.5">
        {found.map(({ picture, number }) => (
          <li key={picture.name}>
            <button
              type="button"
              aria-pressed={picture.name === row.image}
              className={cn(
                "flex w-full flex-col gap-1 rounded-md p-1 text-left hover:bg-raised",
                picture.name === row.image && "bg-accent-soft",
              )}
              onClick={() => onPick(picture.name)}
            >
              <PictureThumb picture={picture} className="aspect-square w-full rounded bg-raised" />
              <span className="truncate text-xs">{picture.name}</span>
              <span className="tnum min-h-4 truncate text-2xs text-faint">
                {number === undefined ? "" : matchStrings.usedBy(number)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

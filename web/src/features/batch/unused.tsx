import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { dashboardStrings } from "@/strings/dashboard";
import { matchStrings } from "@/strings/match";
import { PictureThumb } from "./picture-thumb";
import type { Picture } from "./pictures";

type Props = { pictures: readonly Picture[]; disabled: boolean; onUse: (name: string) => void };

const FEW = 12;

/** Images that no shot has: left out, unless one makes a shot of them. */
export function Unused({ pictures, disabled, onUse }: Props) {
  const [all, setAll] = useState(false);
  if (pictures.length === 0) return null;
  const shown = all ? pictures : pictures.slice(0, FEW);
  return (
    <section data-left-out className="border-line border-b px-3 py-3">
      <h3 className="mb-2 font-medium text-sm text-wait">{matchStrings.unused(pictures.length)}</h3>
      <ul className="flex flex-wrap gap-2">
        {shown.map((picture) => (
          <li key={picture.name} className="w-20">
            <button
              type="button"
              disabled={disabled}
              aria-label={matchStrings.use(picture.name)}
              title={matchStrings.use(picture.name)}
              className="group relative block w-full overflow-hidden rounded-md text-left"
              onClick={() => onUse(picture.name)}
            >
              <PictureThumb picture={picture} className="aspect-square w-full bg-raised" />
              <span className="absolute top-1 right-1 grid size-5 place-items-center rounded bg-black/60 text-white">
                <Plus className="size-3.5" />
              </span>
              <span className="block truncate text-2xs text-muted">{picture.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {pictures.length > shown.length && (
        <Button kind="ghost" size="sm" onClick={() => setAll(true)}>
          {dashboardStrings.more(pictures.length - shown.length)}
        </Button>
      )}
    </section>
  );
}

import { ArrowDown, ArrowUp, Ellipsis, GripVertical, ImageOff, ImagePlus, Trash2 } from "lucide-react";
import type { PointerEvent } from "react";
import type { Finding } from "@/api";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { cn } from "@/lib/cn";
import { matchStrings } from "@/strings/match";
import { PictureThumb } from "./picture-thumb";
import type { Picture } from "./pictures";
import { leftOut, type Row } from "./rows";

export type RowActions = {
  move: (id: string, by: number) => void;
  write: (id: string, prompt: string) => void;
  pick: (row: Row) => void;
  takeImageAway: (id: string) => void;
  shift: (id: string, by: 1 | -1) => void;
  drop: (id: string) => void;
  drag: (event: PointerEvent, kind: "row" | "image", id: string) => void;
};

type Props = {
  row: Row;
  picture: Picture | undefined;
  errors: readonly Finding[];
  warnings: readonly Finding[];
  textOnly: boolean;
  isTarget: boolean;
  isDragged: boolean;
  disabled: boolean;
  actions: RowActions;
};

/** One shot to be: its number, its image, its prompt, and what is wrong with it. */
export function MatchRow(props: Props) {
  const { row, picture, errors, warnings, textOnly, isTarget, isDragged, disabled, actions } = props;
  const out = leftOut(row, textOnly);
  const bad = errors.length > 0;
  return (
    <div
      data-row={row.id}
      className={cn(
        "grid grid-cols-[1.5rem_1.75rem_4rem_minmax(0,1fr)_2rem] items-start gap-x-2 border-line border-b px-2 py-2.5 sm:gap-x-3 sm:px-3",
        isTarget && !isDragged ? "bg-accent-soft" : bad && "bg-bad-soft",
        isDragged && "opacity-50",
      )}
    >
      <button
        id={`move-${row.id}`}
        type="button"
        disabled={disabled}
        aria-label={matchStrings.handle(row.number)}
        title={matchStrings.handle(row.number)}
        className="mt-1 grid h-7 w-6 cursor-grab touch-none place-items-center rounded text-faint hover:bg-raised hover:text-text"
        onPointerDown={(event) => actions.drag(event, "row", row.id)}
        onKeyDown={(event) => {
          const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
          if (!by) return;
          event.preventDefault();
          actions.move(row.id, by);
        }}
      >
        <GripVertical className="size-4" />
      </button>
      <span className={cn("tnum mt-1.5 text-right font-semibold text-sm", out && "text-faint")}>
        {row.number}
      </span>
      <button
        type="button"
        disabled={disabled}
        aria-label={matchStrings.image(row.number, row.image)}
        title={row.image ?? matchStrings.noImage}
        className={cn(
          "grid size-16 place-items-center overflow-hidden rounded-md text-faint hover:outline-2 hover:outline-line-strong",
          row.image ? "bg-raised" : "border border-line-strong border-dashed",
          out && "opacity-60",
        )}
        onClick={() => actions.pick(row)}
        onPointerDown={(event) => {
          // A finger on a picture scrolls; it drags by the handle.
          if (row.image !== null && event.pointerType !== "touch") actions.drag(event, "image", row.id);
        }}
      >
        {picture ? (
          <PictureThumb picture={picture} className="size-16" />
        ) : row.image ? (
          <ImageOff className="size-5 text-bad" />
        ) : (
          <ImagePlus className="size-5" />
        )}
      </button>
      <div className="flex min-w-0 flex-col gap-1">
        <textarea
          aria-label={matchStrings.prompt(row.number)}
          aria-invalid={bad}
          value={row.prompt}
          rows={1}
          disabled={disabled}
          placeholder={matchStrings.promptPlaceholder}
          className="field-sizing-content max-h-60 min-h-8 w-full resize-none rounded-md border border-transparent bg-transparent px-2 py-1 text-base hover:border-line-strong focus:border-line-strong focus:bg-bg disabled:opacity-70"
          onChange={(event) => actions.write(row.id, event.target.value)}
        />
        <p className="truncate px-2 text-faint text-xs">
          {row.image ?? matchStrings.noImage}
          {row.negative && <span> · − {row.negative}</span>}
        </p>
        {errors.map((each) => (
          <p key={each.where + each.message} className="px-2 text-bad text-xs">
            {each.message}
          </p>
        ))}
        {out && !bad && <p className="px-2 text-wait text-xs">{matchStrings.leftOut[out]}</p>}
        {!out &&
          warnings.map((each) => (
            <p key={each.where + each.message} className="px-2 text-wait text-xs">
              {each.message}
            </p>
          ))}
      </div>
      <Menu
        trigger={
          <Button kind="ghost" size="icon" disabled={disabled} aria-label={matchStrings.menu(row.number)}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={() => actions.move(row.id, -1)}>
          <ArrowUp />
          {matchStrings.up}
        </MenuItem>
        <MenuItem onSelect={() => actions.move(row.id, 1)}>
          <ArrowDown />
          {matchStrings.down}
        </MenuItem>
        <MenuItem onSelect={() => actions.shift(row.id, 1)}>
          <ArrowDown />
          {matchStrings.imagesDown}
        </MenuItem>
        <MenuItem onSelect={() => actions.shift(row.id, -1)}>
          <ArrowUp />
          {matchStrings.imagesUp}
        </MenuItem>
        {row.image && (
          <MenuItem onSelect={() => actions.takeImageAway(row.id)}>
            <ImageOff />
            {matchStrings.takeImageAway}
          </MenuItem>
        )}
        <MenuItem danger onSelect={() => actions.drop(row.id)}>
          <Trash2 />
          {matchStrings.drop}
        </MenuItem>
      </Menu>
    </div>
  );
}

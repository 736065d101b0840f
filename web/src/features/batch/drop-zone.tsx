import { FileArchive, FolderOpen, ImagePlus, Images, Upload, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { droppedFiles, isVisible } from "@/lib/drop";
import { handOver } from "@/lib/dropped";
import { bytes } from "@/lib/format";
import { ACCEPT, add, EMPTY, imageBytes, look, type Pile, problems } from "@/lib/pile";
import { appStrings } from "@/strings/app";
import { batchStrings } from "@/strings/batch";
import { Thumbs } from "./thumbs";

type Props = {
  pile: Pile;
  disabled: boolean;
  /** Files that were dropped or pasted elsewhere on the page. */
  dropped?: readonly File[];
  /** The images are shown elsewhere, one by one. */
  listed?: boolean;
  /** Files in the ZIP that are neither images nor prompts. */
  others?: readonly string[];
  onChange: (pile: Pile) => void;
};

const MOST_NAMES = 5;
const NO_FILES: readonly File[] = [];

/** Where images, folders and ZIPs are dropped or chosen. */
export function DropZone({
  pile,
  disabled,
  dropped = NO_FILES,
  listed = false,
  others = [],
  onChange,
}: Props) {
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const latest = useRef(pile);
  latest.current = pile;
  const put = async (more: readonly File[]) => onChange(add(latest.current, await look(more)));
  const putNow = useRef(put);
  putNow.current = put;
  useEffect(() => {
    if (dropped.length === 0) return;
    handOver([]);
    void putNow.current(dropped);
  }, [dropped]);
  const ignored = [...pile.ignored, ...others];
  const any = pile.zip !== null || pile.images.length > 0;
  return (
    <section aria-label={batchStrings.files} className="flex flex-col gap-2">
      <h2 className="font-medium text-sm">{batchStrings.files}</h2>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the pointer; the buttons inside do the same */}
      <div
        className={cn(
          "flex flex-col items-center gap-3 rounded-xl border px-4 text-center transition-colors",
          any ? "py-4" : "py-10",
          over ? "border-accent-text bg-accent-soft" : "border-line-strong border-dashed bg-surface",
        )}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(!disabled);
        }}
        onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node) && setOver(false)}
        onDrop={async (event) => {
          event.preventDefault();
          setOver(false);
          if (!disabled) await put(await droppedFiles(event.dataTransfer));
        }}
      >
        {!any && (
          <>
            <Upload className="size-6 text-faint" />
            <p className="font-medium">{over ? batchStrings.dropNow : batchStrings.dropTitle}</p>
            <p className="max-w-sm text-balance text-muted text-sm">{batchStrings.dropText}</p>
          </>
        )}
        {pile.zip && (
          <Chip
            icon={<FileArchive />}
            name={pile.zip.name}
            note={batchStrings.zip(bytes(pile.zip.size))}
            onRemove={() => onChange({ ...pile, zip: null })}
          />
        )}
        {pile.images.length > 0 && (
          <>
            {!listed && (
              <Thumbs
                images={pile.images}
                onRemove={(gone) =>
                  onChange({ ...pile, images: pile.images.filter((each) => each !== gone) })
                }
              />
            )}
            <p className="tnum flex items-center gap-2 text-muted text-sm">
              <Images className="size-4" />
              {batchStrings.images(pile.images.length, bytes(imageBytes({ ...pile, zip: null })))}
              <Button kind="ghost" size="sm" onClick={() => onChange({ ...pile, images: EMPTY.images })}>
                {appStrings.common.clear}
              </Button>
            </p>
          </>
        )}
        <div className="flex flex-wrap justify-center gap-2">
          <Button disabled={disabled} onClick={() => files.current?.click()}>
            <ImagePlus />
            {any ? batchStrings.more : batchStrings.choose}
          </Button>
          <Button disabled={disabled} onClick={() => folder.current?.click()}>
            <FolderOpen />
            {batchStrings.chooseFolder}
          </Button>
        </div>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          accept={ACCEPT}
          aria-label={batchStrings.choose}
          onChange={(event) => chosen(event.currentTarget, put)}
        />
        <input
          ref={folder}
          type="file"
          hidden
          webkitdirectory=""
          aria-label={batchStrings.chooseFolder}
          onChange={(event) => chosen(event.currentTarget, put)}
        />
      </div>
      {problems(pile).includes("zip-and-images") && (
        <p className="text-bad text-sm">{batchStrings.zipAndImages}</p>
      )}
      {ignored.length > 0 && (
        <p className="flex flex-wrap items-center gap-1 text-sm text-wait">
          {batchStrings.ignored(ignored.length, shortList(ignored))}
          {pile.ignored.length > 0 && (
            <Button kind="ghost" size="sm" onClick={() => onChange({ ...pile, ignored: [] })}>
              {appStrings.common.clear}
            </Button>
          )}
        </p>
      )}
    </section>
  );
}

/** A chosen file. */
export function Chip(props: { icon: React.ReactNode; name: string; note?: string; onRemove?: () => void }) {
  return (
    <p className="flex max-w-full items-center gap-2 rounded-lg border border-line bg-bg py-1 pr-1 pl-3 text-sm [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted">
      {props.icon}
      <span className="truncate font-medium">{props.name}</span>
      {props.note && <span className="tnum shrink-0 text-faint">{props.note}</span>}
      {props.onRemove && (
        <Button
          kind="ghost"
          size="icon-sm"
          aria-label={appStrings.common.remove(props.name)}
          onClick={props.onRemove}
        >
          <X />
        </Button>
      )}
    </p>
  );
}

function chosen(input: HTMLInputElement, put: (files: readonly File[]) => void): void {
  put([...(input.files ?? [])].filter(isVisible));
  input.value = ""; // so that the same file can be chosen again
}

function shortList(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (more > 0 ? ` +${more}` : "");
}

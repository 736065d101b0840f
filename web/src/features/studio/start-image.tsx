import { ImagePlus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { appStrings } from "@/strings/app";
import { studioStrings } from "@/strings/studio";
import type { Start } from "./studio-form";

export const IMAGE_KINDS = "image/*,.heic,.heif,.avif";
const IMAGE = /^image\/|\.(hei[cf]|avif)$/i;

type Props = { start: Start | null; error?: string | undefined; onChange: (start: Start | null) => void };

/** The first frame: dropped, chosen, or taken from a video; seen as it is. */
export function StartImage({ start, error, onChange }: Props) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  function take(file: File | undefined): void {
    if (!file) return;
    if (IMAGE.test(file.type) || IMAGE.test(file.name)) onChange({ kind: "file", file });
    else toast.error(studioStrings.notAnImage(file.name));
  }
  return (
    <section aria-label={studioStrings.image} className="flex flex-col gap-1">
      <h3 className="font-medium text-sm">{studioStrings.image}</h3>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the pointer; the button inside does the same */}
      <div
        className={cn(
          "relative grid min-h-36 place-items-center overflow-hidden rounded-lg border",
          over ? "bg-accent-soft" : start ? "bg-well" : "border-dashed bg-bg",
          error ? "border-bad" : over ? "border-accent-text" : start ? "border-line" : "border-line-strong",
        )}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node) && setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files[0]);
        }}
      >
        {start ? (
          <>
            <Preview start={start} />
            <Button
              kind="glass"
              size="icon-sm"
              className="absolute top-1.5 right-1.5"
              aria-label={appStrings.common.remove(
                start.kind === "file" ? start.file.name : studioStrings.lastFrame,
              )}
              onClick={() => onChange(null)}
            >
              <X />
            </Button>
          </>
        ) : (
          <div className="flex flex-col items-center gap-2 p-4 text-center">
            <p className="text-muted text-sm">{studioStrings.imageDrop}</p>
            <Button onClick={() => input.current?.click()}>
              <ImagePlus />
              {studioStrings.imageChoose}
            </Button>
            <p className="text-faint text-xs">{studioStrings.imageKinds}</p>
          </div>
        )}
        <input
          ref={input}
          type="file"
          hidden
          accept={IMAGE_KINDS}
          aria-label={studioStrings.imageChoose}
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </div>
      {error && (
        <p role="alert" className="text-bad text-xs">
          {error}
        </p>
      )}
    </section>
  );
}

function Preview({ start }: { start: Start }) {
  const [url, setUrl] = useState<string>();
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    setBroken(false);
    if (start.kind === "video") return setUrl(start.picture);
    const made = URL.createObjectURL(start.file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [start]);
  const name = start.kind === "file" ? start.file.name : studioStrings.lastFrame;
  // Browsers cannot show every kind that the server reads (HEIC): words do then.
  if (broken) return <p className="p-6 text-center text-muted text-sm">{studioStrings.imageNone(name)}</p>;
  return (
    url && (
      <img
        src={url}
        alt={name}
        title={name}
        className="max-h-56 w-full object-contain"
        onError={() => setBroken(true)}
      />
    )
  );
}

import { ImageUp, Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { VideoView } from "@/api";
import { Button } from "@/components/ui/button";
import { ACCEPT_IMAGES } from "@/lib/pile";
import { reviewStrings } from "@/strings/review";

type Props = { video: VideoView; image: File | null; onChange: (image: File | null) => void };

/** The image a take starts from, and another in its place. */
export function ImageSwap({ video, image, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!image) return setUrl(undefined);
    const made = URL.createObjectURL(image);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [image]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the pointer; the button does the same
    <div
      className="flex items-center gap-3"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        onChange(event.dataTransfer.files[0] ?? image);
      }}
    >
      <img
        src={url ?? `${video.image_url}&width=240`}
        alt={image?.name ?? reviewStrings.image.current}
        className="size-16 shrink-0 rounded-md bg-raised object-cover"
      />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-sm">{reviewStrings.image.label}</p>
        <p className="truncate text-muted text-sm">
          {image ? reviewStrings.image.chosen(image.name) : video.image_filename}
        </p>
      </div>
      {image ? (
        <Button size="sm" onClick={() => onChange(null)}>
          <Undo2 />
          {reviewStrings.image.keep}
        </Button>
      ) : (
        <Button size="sm" onClick={() => input.current?.click()}>
          <ImageUp />
          {reviewStrings.image.other}
        </Button>
      )}
      <input
        ref={input}
        type="file"
        hidden
        accept={ACCEPT_IMAGES}
        aria-label={reviewStrings.image.other}
        onChange={(event) => {
          onChange(event.currentTarget.files?.[0] ?? null);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

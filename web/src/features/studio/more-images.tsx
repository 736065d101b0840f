import { ImagePlus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { appStrings } from "@/strings/app";
import { studioStrings } from "@/strings/studio";
import { IMAGE_KINDS } from "./start-image";
import type { MoreImages } from "./studio-form";

type Props = {
  more: MoreImages;
  canLast: boolean;
  canReferences: boolean;
  onChange: (more: MoreImages) => void;
};

/** A last frame and looks to keep, where the provider takes them. */
export function MoreImagesField({ more, canLast, canReferences, onChange }: Props) {
  const last = useRef<HTMLInputElement>(null);
  const references = useRef<HTMLInputElement>(null);
  if (!canLast && !canReferences) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {more.last && (
        <Thumb
          file={more.last}
          name={studioStrings.lastImage}
          onRemove={() => onChange({ ...more, last: null })}
        />
      )}
      {more.references.map((file) => (
        <Thumb
          key={`${file.name} ${file.size} ${file.lastModified}`}
          file={file}
          name={file.name}
          onRemove={() => onChange({ ...more, references: more.references.filter((each) => each !== file) })}
        />
      ))}
      {canLast && !more.last && (
        <Button size="sm" onClick={() => last.current?.click()}>
          <ImagePlus />
          {studioStrings.lastImageAdd}
        </Button>
      )}
      {canReferences && (
        <Button size="sm" onClick={() => references.current?.click()}>
          <ImagePlus />
          {studioStrings.referencesAdd}
        </Button>
      )}
      <input
        ref={last}
        type="file"
        hidden
        accept={IMAGE_KINDS}
        aria-label={studioStrings.lastImage}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) onChange({ ...more, last: file });
          event.currentTarget.value = "";
        }}
      />
      <input
        ref={references}
        type="file"
        hidden
        multiple
        accept={IMAGE_KINDS}
        aria-label={studioStrings.references}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          if (files.length > 0) onChange({ ...more, references: [...more.references, ...files] });
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

function Thumb({ file, name, onRemove }: { file: File; name: string; onRemove: () => void }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <span className="relative">
      <img src={url} alt={name} title={name} className="size-14 rounded-md bg-well object-cover" />
      <Button
        kind="glass"
        size="icon-sm"
        className="absolute! top-0.5 right-0.5 size-6!"
        aria-label={appStrings.common.remove(name)}
        onClick={onRemove}
      >
        <X />
      </Button>
    </span>
  );
}

import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { count } from "@/lib/format";
import { byName } from "@/lib/pile";
import { appStrings } from "@/strings/app";

const MOST = 24;

/** The first of the chosen images, small, each with a way out. */
export function Thumbs({ images, onRemove }: { images: readonly File[]; onRemove: (image: File) => void }) {
  const shown = byName(images).slice(0, MOST);
  return (
    <ul className="flex flex-wrap justify-center gap-1.5">
      {shown.map((image) => (
        <li
          key={`${image.name} ${image.size}`}
          className="group relative size-14 overflow-hidden rounded-md bg-raised"
        >
          <Thumb image={image} />
          <button
            type="button"
            aria-label={appStrings.common.remove(image.name)}
            className="absolute top-0.5 right-0.5 grid size-5 place-items-center rounded bg-black/65 text-white opacity-0 focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
            onClick={() => onRemove(image)}
          >
            <X className="size-3.5" />
          </button>
        </li>
      ))}
      {images.length > MOST && (
        <li className="tnum grid size-14 place-items-center rounded-md bg-raised text-muted text-sm">
          +{count(images.length - MOST)}
        </li>
      )}
    </ul>
  );
}

function Thumb({ image }: { image: File }) {
  const [url, setUrl] = useState<string>();
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(image);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [image]);
  // Browsers cannot show every kind that the server reads (HEIC): its name does then.
  if (broken)
    return <span className="block break-all p-1 text-2xs text-muted leading-tight">{image.name}</span>;
  return (
    url && (
      <img
        src={url}
        alt={image.name}
        title={image.name}
        decoding="async"
        className="size-full object-cover"
        onError={() => setBroken(true)}
      />
    )
  );
}

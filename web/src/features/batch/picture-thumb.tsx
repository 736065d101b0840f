import { useEffect, useState } from "react";
import { cn } from "@/lib/cn";
import type { Picture } from "./pictures";

/** A picture of the batch, small. Its name where the browser cannot show it (HEIC). */
export function PictureThumb({ picture, className }: { picture: Picture; className?: string }) {
  const [url, setUrl] = useState<string>();
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    let made: string | undefined;
    let gone = false;
    picture
      .bytes()
      .then((bytes) => {
        if (gone) return;
        made = URL.createObjectURL(bytes);
        setUrl(made);
      })
      .catch(() => setBroken(true));
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [picture]);
  if (broken)
    return (
      <span
        className={cn("block overflow-hidden break-all p-1 text-2xs text-muted leading-tight", className)}
      >
        {picture.name}
      </span>
    );
  if (!url) return <span className={cn("block", className)} />;
  return (
    <img
      src={url}
      alt=""
      decoding="async"
      draggable={false}
      className={cn("object-cover", className)}
      onError={() => setBroken(true)}
    />
  );
}

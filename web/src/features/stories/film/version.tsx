import { Copy, Download } from "lucide-react";
import { toast } from "sonner";
import type { FilmView } from "@/api";
import { ShareButton } from "@/components/share-button";
import { Button, buttonLook } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { ago, bytes, duration } from "@/lib/format";
import { filmStrings } from "@/strings/story-film";

const tf = filmStrings.film;

/** A finished film: played, downloaded, its path. */
export function Version({ film, large }: { film: FilmView; large: boolean }) {
  const name = tf.version(film.version);
  const facts = [
    film.shape,
    film.seconds ? duration(film.seconds) : "",
    film.width && film.height ? `${film.width} × ${film.height}` : "",
    film.size_bytes ? bytes(film.size_bytes) : "",
    film.lufs === null ? "" : tf.loudness(film.lufs),
    film.pieces && film.rendered !== null && film.rendered !== undefined && film.rendered < film.pieces
      ? tf.reused(film.pieces - film.rendered, film.pieces)
      : "",
    film.completed_at ? ago(film.completed_at) : "",
  ].filter(Boolean);
  const { "film.mp4": main, ...others } = film.files;
  return (
    <article aria-label={name} className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
      <header className="flex flex-wrap items-baseline gap-x-2">
        <h2 className="font-semibold">{name}</h2>
        {film.current && (
          <span className="rounded bg-good-soft px-1.5 font-medium text-2xs text-good">{tf.current}</span>
        )}
        <p className="tnum text-muted text-xs">{facts.join(" · ")}</p>
      </header>
      {main && (
        <video
          controls
          playsInline
          preload={large ? "metadata" : "none"}
          src={main}
          {...(film.files["poster.jpg"] ? { poster: film.files["poster.jpg"] } : {})}
          className={
            large ? "max-h-[60vh] w-full rounded-md bg-black" : "max-h-60 w-full rounded-md bg-black"
          }
        />
      )}
      <footer className="flex flex-wrap items-center gap-2">
        {main && (
          <a href={`${main}?download=true`} className={buttonLook({ kind: "primary" })}>
            <Download />
            {tf.download}
          </a>
        )}
        {main && <ShareButton what={{ film_id: film.film_id }} />}
        <Menu trigger={<Button>{tf.more}</Button>}>
          {Object.entries(others).map(([file, url]) => (
            <MenuItem key={file} onSelect={() => window.location.assign(`${url}?download=true`)}>
              {tf.files[file] ?? file}
            </MenuItem>
          ))}
        </Menu>
        {film.path && (
          <span className="flex min-w-0 items-center gap-1 text-muted text-xs">
            <span className="sr-only">{tf.path}</span>
            <code className="min-w-0 truncate">{film.path}</code>
            <Button
              kind="ghost"
              size="icon-sm"
              aria-label={tf.copyPath}
              title={tf.copyPath}
              onClick={() =>
                void navigator.clipboard
                  .writeText(film.path ?? "")
                  .then(() => toast.success(tf.copied))
                  .catch(() => toast(film.path))
              }
            >
              <Copy />
            </Button>
          </span>
        )}
      </footer>
    </article>
  );
}

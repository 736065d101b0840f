import type { Attribution } from "@/api";
import { words as named } from "@/lib/format";
import { pictureStrings as words } from "@/strings/story-pictures";

/** Source, author and licence of a picture, with the ways to them. */
export function Licence({ source, attribution }: { source: string; attribution: Attribution | undefined }) {
  const { author = "", licence = "", licence_url = "", page_url = "", required = false } = attribution ?? {};
  return (
    <p className="text-2xs text-faint leading-snug [overflow-wrap:anywhere]">
      <Out to={page_url} text={named(source)} />
      {author && ` · ${words.by(author)}`}
      {licence && (
        <>
          {" · "}
          <Out to={licence_url} text={licence} />
        </>
      )}
      {required && ` · ${words.required}`}
    </p>
  );
}

/** A link that leads away, if there is one. */
export function Out({ to, text }: { to: string; text: string }) {
  if (!/^https?:\/\//.test(to)) return text;
  return (
    <a href={to} target="_blank" rel="noreferrer noopener" className="underline underline-offset-2">
      {text}
    </a>
  );
}

// Languages by their names; any other BCP 47 tag can be typed where one is asked for.
const NAMES = new Intl.DisplayNames("en", { type: "language" });

/** What most people look for; the embedded voices speak about a hundred. */
export const LANGUAGES = [
  "en",
  "ar",
  "bg",
  "bn",
  "ca",
  "cmn",
  "cs",
  "cy",
  "da",
  "de",
  "el",
  "es",
  "et",
  "eu",
  "fa",
  "fi",
  "fr",
  "ga",
  "gu",
  "he",
  "hi",
  "hr",
  "hu",
  "hy",
  "id",
  "is",
  "it",
  "ja",
  "ka",
  "kk",
  "ko",
  "lt",
  "lv",
  "mk",
  "ml",
  "mr",
  "ms",
  "nb",
  "ne",
  "nl",
  "pa",
  "pl",
  "pt",
  "pt-BR",
  "ro",
  "ru",
  "sk",
  "sl",
  "sq",
  "sr",
  "sv",
  "sw",
  "ta",
  "te",
  "th",
  "tr",
  "uk",
  "ur",
  "uz",
  "vi",
] as const; // prettier-ignore

/** `German`; the tag itself where it has no name. */
export function languageName(tag: string): string {
  try {
    return NAMES.of(tag === "cmn" ? "zh" : tag) ?? tag;
  } catch {
    return tag; // not a tag at all
  }
}

/** Tags and names, by name, the one in use among them. */
export function languageChoices(current: string): { value: string; label: string }[] {
  const tags: string[] = [...LANGUAGES];
  if (!tags.includes(current)) tags.push(current);
  return tags
    .map((value) => ({ value, label: languageName(value) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

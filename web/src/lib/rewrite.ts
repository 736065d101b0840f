// Prompts of many takes changed at once: find and replace, put something before or behind.

export type Rewrite = { find: string; replace: string; prefix: string; suffix: string };
export const NO_REWRITE: Rewrite = { find: "", replace: "", prefix: "", suffix: "" };

type Facts = { number: number; image: string | null };

/** `{number}` and `{image}` (its name without ending) as the shot has them; other braces stay. */
function filled(text: string, { number, image }: Facts): string {
  return text.replace(/\{(number|image)\}/g, (_, name) =>
    name === "number" ? String(number) : (image ?? "").replace(/\.[^.]*$/, ""),
  );
}

/** The prompt after the change. Finding does not mind upper and lower case. */
export function rewritten(prompt: string, change: Rewrite, facts: Facts): string {
  let text = prompt;
  if (change.find) {
    const wanted = new RegExp(change.find.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
    text = text.replace(wanted, () => filled(change.replace, facts));
  }
  return `${filled(change.prefix, facts)}${text}${filled(change.suffix, facts)}`.trim();
}

// The match table: which image goes with which prompt, and what a person changes about it.
import type { Finding, UploadCheck } from "@/api";

/** One number with its image and its prompt. `id` stays when it moves. */
export type Row = {
  id: string;
  number: number;
  image: string | null;
  prompt: string;
  negative: string | null;
  line: number | null;
};

/** The rows as the server matched them. */
export function fromReport(report: UploadCheck): Row[] {
  return report.pairs.map(({ number, image, prompt, negative_prompt, line }) => ({
    id: `${number}`,
    number,
    image,
    prompt: prompt ?? "",
    negative: negative_prompt,
    line,
  }));
}

/** A shot goes to another place: the numbers stay where they are, what they number moves. */
export function move(rows: readonly Row[], from: number, to: number): Row[] {
  const target = Math.max(0, Math.min(rows.length - 1, to));
  const numbers = rows.map((row) => row.number);
  const next = [...rows];
  const [moved] = next.splice(from, 1);
  if (!moved) return [...rows];
  next.splice(target, 0, moved);
  return next.map((row, index) => ({ ...row, number: numbers[index] ?? row.number }));
}

/** Give a row an image (or none). One that another row has is swapped with this row's. */
export function putImage(rows: readonly Row[], id: string, image: string | null): Row[] {
  const before = rows.find((row) => row.id === id)?.image ?? null;
  return rows.map((row) => {
    if (row.id === id) return { ...row, image };
    return image !== null && row.image === image ? { ...row, image: before } : row;
  });
}

/** Images move by one from a row on, prompts stay: down leaves that row without one, up drops its image. */
export function shiftImages(rows: readonly Row[], from: number, by: 1 | -1): Row[] {
  const images = rows.map((row) => row.image);
  if (by === 1) images.splice(from, 0, null);
  else images.splice(from, 1);
  return rows.map((row, index) => ({ ...row, image: images[index] ?? null }));
}

export function edit(
  rows: readonly Row[],
  id: string,
  change: Partial<Pick<Row, "prompt" | "negative">>,
): Row[] {
  return rows.map((row) => (row.id === id ? { ...row, ...change } : row));
}

export function drop(rows: readonly Row[], id: string): Row[] {
  return rows.filter((row) => row.id !== id);
}

/** A row more, with the next number. */
export function append(rows: readonly Row[], image: string | null): Row[] {
  const number = Math.max(0, ...rows.map((row) => row.number)) + 1;
  return [
    ...rows,
    { id: `own-${number}-${rows.length}`, number, image, prompt: "", negative: null, line: null },
  ];
}

/** Images that no row has. */
export function unused(rows: readonly Row[], names: readonly string[]): string[] {
  const used = new Set(rows.map((row) => row.image));
  return names.filter((name) => !used.has(name));
}

/** Whether a row is left out of the job as it is. */
export function leftOut(row: Row, textOnly: boolean): "no-prompt" | "no-image" | null {
  if (!row.prompt.trim()) return "no-prompt";
  return row.image === null && !textOnly ? "no-image" : null;
}

/** What is sent: exactly what will be made. */
export function toPairs(rows: readonly Row[], textOnly: boolean) {
  return rows
    .filter((row) => leftOut(row, textOnly) === null)
    .map(({ number, image, prompt, negative }) => ({
      number,
      image,
      prompt,
      ...(negative ? { negative_prompt: negative } : {}),
    }));
}

/** What was found, at the row it is about; the rest is about none. */
export function byRow(rows: readonly Row[], findings: readonly Finding[]) {
  const of = new Map<string, Finding[]>();
  const rest: Finding[] = [];
  for (const finding of findings) {
    const row = rows.find((each) => isAbout(finding.where, each));
    if (row) of.set(row.id, [...(of.get(row.id) ?? []), finding]);
    else rest.push(finding);
  }
  return { of, rest };
}

function isAbout(where: string, row: Row): boolean {
  if (row.image !== null && where === row.image) return true;
  if (where === `shot ${row.number}` || where.startsWith(`shot ${row.number},`)) return true;
  const line = /:(\d+)$/.exec(where)?.[1];
  return line !== undefined && row.line === Number(line);
}

// Topics of a batch: read from lines or a table as the server reads them, shown as rows, sent as objects.
import type { StoryBody } from "@/api";

export type Row = { topic: string; language?: string; shape?: string; seconds?: string };

const TOPIC = ["topic", "text", "title", "prompt"];
const KNOWN: Record<string, keyof Row> = {
  language: "language",
  shape: "shape",
  seconds: "seconds",
  target_seconds: "seconds",
};
export const MOST_TOPICS = 500;

/** Rows of a text: one topic a line, or a table whose first line names its columns. */
export function readRows(given: string): Row[] {
  const text = given.replace(/^\uFEFF/, "");
  const lines = text.split(/\r?\n/).filter((each) => each.trim());
  const [first = ""] = lines;
  const comma = [",", ";", "\t"].reduce((best, each) =>
    first.split(each).length > first.split(best).length ? each : best,
  );
  const header = cells(first, comma)[0]?.map((each) => each.trim().toLowerCase()) ?? [];
  const column = header.findIndex((each) => TOPIC.includes(each));
  if (column < 0 || lines.length < 2) return lines.map((each) => ({ topic: each.trim() }));
  return cells(text, comma)
    .slice(1)
    .filter((each) => each[column]?.trim())
    .map((each) => {
      const row: Row = { topic: each[column]?.trim() ?? "" };
      header.forEach((name, at) => {
        const field = KNOWN[name];
        const value = each[at]?.trim();
        if (field && value) row[field] = value;
      });
      return row;
    });
}

/** The cells of a table, quotes as spreadsheets write them. */
function cells(text: string, comma: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (quoted) {
      if (sign === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (sign === '"') quoted = false;
      else cell += sign;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === comma) {
      row.push(cell);
      cell = "";
    } else if (sign === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else if (sign !== "\r") cell += sign;
  }
  if (cell || row.length > 0) rows.push([...row, cell]);
  return rows.filter((each) => each.some((one) => one.trim()));
}

/** What is sent for a row: its topic, and where it differs from the shared settings. */
export function toTopic(row: Row): Record<string, string | number> {
  return {
    topic: row.topic,
    ...(row.language ? { language: row.language } : {}),
    ...(row.shape ? { shape: row.shape } : {}),
    ...(Number(row.seconds) > 0 ? { target_seconds: Number(row.seconds) } : {}),
  };
}

/** The shared settings with those of a row. */
export function settingsFor(shared: StoryBody["settings"], row: Row | undefined): StoryBody["settings"] {
  const { topic: _, ...own } = row ? toTopic(row) : { topic: "" };
  return { ...shared, ...own };
}

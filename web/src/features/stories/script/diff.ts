// What differs between two texts, word by word.

export type Piece = { kind: "same" | "removed" | "added"; text: string };

const MOST_CELLS = 4_000_000;

/** The pieces of a text and its next version, in order; spaces belong to the word before them. */
export function wordDiff(before: string, after: string): Piece[] {
  const a = before.match(/\S+\s*/g) ?? [];
  const b = after.match(/\S+\s*/g) ?? [];
  if (a.length * b.length > MOST_CELLS)
    return joined([
      ["removed", before],
      ["added", after],
    ]);
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = same(a[i], b[j]) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found: [Piece["kind"], string][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(a[i], b[j])) {
      found.push(["same", b[j] ?? ""]);
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      found.push(["removed", a[i] ?? ""]);
      i += 1;
    } else {
      found.push(["added", b[j] ?? ""]);
      j += 1;
    }
  }
  return joined(found);
}

const same = (a: string | undefined, b: string | undefined): boolean => a?.trim() === b?.trim();

function joined(found: readonly [Piece["kind"], string][]): Piece[] {
  const pieces: Piece[] = [];
  for (const [kind, text] of found) {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else if (text) pieces.push({ kind, text });
  }
  return pieces;
}

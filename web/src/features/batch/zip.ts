// Looks into a ZIP without unpacking it: what is in it, and one file of it when that is needed.

export type ZipEntry = { name: string; size: number; packed: number; method: number; at: number };

export class NotReadable extends Error {}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const JUNK = /(^|\/)(\.|__MACOSX(\/|$)|thumbs\.db$|desktop\.ini$)/i;

/** The files in a ZIP by its directory, named as the server names them. Rejects with `NotReadable`. */
export async function readZip(zip: Blob): Promise<ZipEntry[]> {
  const tail = zip.slice(Math.max(0, zip.size - END_BYTES - LONGEST_COMMENT));
  const end = new DataView(await tail.arrayBuffer());
  let at = end.byteLength - END_BYTES;
  while (at >= 0 && end.getUint32(at, true) !== END) at -= 1;
  if (at < 0) throw new NotReadable();
  const bytes = end.getUint32(at + 12, true);
  const start = end.getUint32(at + 16, true);
  if (start === 0xffffffff || start + bytes > zip.size) throw new NotReadable(); // ZIP64, or cut short
  const entries = directory(await zip.slice(start, start + bytes).arrayBuffer());
  const times = new Map<string, number>();
  for (const { name } of entries) times.set(base(name), (times.get(base(name)) ?? 0) + 1);
  return entries.map((each) =>
    times.get(base(each.name)) === 1 ? { ...each, name: base(each.name) } : each,
  );
}

function directory(buffer: ArrayBuffer): ZipEntry[] {
  const view = new DataView(buffer);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= view.byteLength && view.getUint32(at, true) === ENTRY) {
    const length = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(new Uint8Array(buffer, at + 46, length)).normalize("NFC");
    if (!name.endsWith("/") && !JUNK.test(name))
      entries.push({
        name,
        method: view.getUint16(at + 10, true),
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        at: view.getUint32(at + 42, true),
      });
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function base(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** The bytes of one file. */
export async function unzip(zip: Blob, entry: ZipEntry): Promise<Blob> {
  const head = new DataView(await zip.slice(entry.at, entry.at + 30).arrayBuffer());
  if (head.byteLength < 30 || head.getUint32(0, true) !== LOCAL) throw new NotReadable();
  const from = entry.at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = zip.slice(from, from + entry.packed);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new NotReadable();
  return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob();
}

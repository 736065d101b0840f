// Looks into a ZIP without unpacking it: the server reads its directory, single files are unpacked here.
import { checkZip, type ZipFileView } from "@/api";
import { startsAsImage } from "@/lib/pile";

/** Where the bytes of a file in a ZIP are. */
export type Packed = { at: number; packed: number; method: number };
export type ZipFile = ZipFileView & Packed;
/** Asks what a directory lists; `images` are the places of files that are images by content. */
export type AskNames = (directory: File, images: readonly number[]) => Promise<readonly ZipFileView[]>;

export class NotReadable extends Error {}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;

/** The files in a ZIP, named as an upload names them. Rejects with `NotReadable`, or as the server does. */
export async function readZip(zip: File, ask: AskNames = askServer): Promise<ZipFile[]> {
  const tail = zip.slice(Math.max(0, zip.size - END_BYTES - LONGEST_COMMENT));
  const end = new DataView(await tail.arrayBuffer());
  let at = end.byteLength - END_BYTES;
  while (at >= 0 && end.getUint32(at, true) !== END) at -= 1;
  if (at < 0) throw new NotReadable();
  const bytes = end.getUint32(at + 12, true);
  const start = end.getUint32(at + 16, true);
  if (start === 0xffffffff || start + bytes > zip.size) throw new NotReadable(); // ZIP64, or cut short
  const packed = places(await zip.slice(start, start + bytes).arrayBuffer());
  const directory = new File([zip.slice(start)], zip.name);
  const joined = (files: readonly ZipFileView[]) =>
    files.flatMap((file) => {
      const where = packed[file.index];
      return where ? [{ ...file, ...where }] : [];
    });
  const files = joined(await ask(directory, []));
  const images = await imagesAmong(
    zip,
    files.filter((each) => each.kind === "other"),
  );
  return images.length > 0 ? joined(await ask(directory, images)) : files;
}

async function askServer(directory: File, images: readonly number[]): Promise<readonly ZipFileView[]> {
  const body = { directory, images: JSON.stringify(images) };
  const { data } = await checkZip({ body, throwOnError: true });
  return data;
}

/** The places of those that are images by content. */
async function imagesAmong(zip: Blob, files: readonly ZipFile[]): Promise<number[]> {
  const found: number[] = [];
  for (const file of files) {
    const image = await start(zip, file).then(startsAsImage, () => false);
    if (image) found.push(file.index);
  }
  return found;
}

function places(buffer: ArrayBuffer): Packed[] {
  const view = new DataView(buffer);
  const entries: Packed[] = [];
  let at = 0;
  while (at + 46 <= view.byteLength && view.getUint32(at, true) === ENTRY) {
    entries.push({
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      at: view.getUint32(at + 42, true),
    });
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** The bytes of one file. */
export async function unzip(zip: Blob, file: Packed): Promise<Blob> {
  return new Response(await stream(zip, file)).blob();
}

/** The first bytes of one file; the rest is not unpacked. */
async function start(zip: Blob, file: Packed): Promise<Blob> {
  const reader = (await stream(zip, file)).getReader();
  try {
    const { value } = await reader.read();
    return new Blob(value ? [value as BlobPart] : []);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function stream(zip: Blob, file: Packed): Promise<ReadableStream<Uint8Array>> {
  const head = new DataView(await zip.slice(file.at, file.at + 30).arrayBuffer());
  if (head.byteLength < 30 || head.getUint32(0, true) !== LOCAL) throw new NotReadable();
  const from = file.at + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = zip.slice(from, from + file.packed);
  if (file.method === 0) return packed.stream();
  if (file.method !== 8) throw new NotReadable();
  return packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
}

// Takes a ZIP home while telling how far it is.
import { downloadVideos } from "@/api";

const PIECE_BYTES = 32 * 1024 * 1024;

export type DownloadProgress = { done: number; all: number };

/** Fetch and save. Rejects with the API's problem, or when the stream breaks; nothing is saved then. */
export async function downloadZip(
  video_ids: string[],
  folder_name: string,
  onProgress: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { response } = await downloadVideos({
    body: { video_ids, folder_name },
    parseAs: "stream",
    throwOnError: true,
    signal,
  });
  if (!response.body) throw new TypeError("the answer has no body");
  const all = Number(response.headers.get("content-length") ?? 0);
  const blob = await gather(response.body, (done) => onProgress({ done, all }));
  if (all && blob.size !== all) throw new TypeError("the answer was cut short");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = filename(response.headers.get("content-disposition") ?? "", `${folder_name}.zip`);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Pieces become blobs as they come: the browser keeps those on disk, not in the memory of the page. */
async function gather(body: ReadableStream<Uint8Array>, onDone: (bytes: number) => void): Promise<Blob> {
  const blobs: Blob[] = [];
  let pieces: BlobPart[] = [];
  let held = 0;
  let done = 0;
  const reader = body.getReader();
  for (;;) {
    const { value, done: ended } = await reader.read();
    if (value) {
      pieces.push(new Uint8Array(value));
      held += value.byteLength;
      done += value.byteLength;
      onDone(done);
    }
    if (ended || held >= PIECE_BYTES) {
      blobs.push(new Blob(pieces));
      pieces = [];
      held = 0;
    }
    if (ended) return new Blob(blobs, { type: "application/zip" });
  }
}

/** The name that the server gives (RFC 6266), or `otherwise`. */
export function filename(disposition: string, otherwise: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="([^"]+)"/i.exec(disposition)?.[1] ?? otherwise;
}

/** Have the browser save one video. */
export function downloadVideo(videoUrl: string): void {
  const link = document.createElement("a");
  link.href = `${videoUrl}?download=true`;
  link.download = "";
  link.click();
}

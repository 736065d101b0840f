// Sends a form and tells how far it is, which fetch cannot do.
import type { UploadReport } from "@/api";

export class Dropped extends Error {}
export class Stopped extends Error {}

/** Resolves with the server's report; rejects with its problem, with `Dropped` or with `Stopped`. */
export function upload(
  jobId: string,
  form: FormData,
  onProgress: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<UploadReport> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/jobs/${jobId}/upload`);
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    request.onload = () => {
      if (request.status < 300) done(request.response as UploadReport);
      else failed(request.response ?? new Dropped());
    };
    request.onerror = () => failed(new Dropped());
    request.onabort = () => failed(new Stopped());
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

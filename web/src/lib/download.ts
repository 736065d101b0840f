// Has the browser save things: it writes them to the disk as they come, and shows how far it is.
import type { Resolution } from "@/api";

/** Save videos as one ZIP. A form that is sent, so that not a byte goes through the page; a refusal comes
 * back as a problem, which is given to `onProblem`. */
export function downloadZip(
  video_ids: readonly string[],
  folder_name: string,
  resolution: Resolution,
  onProblem: (problem: unknown) => void,
): void {
  const frame = document.createElement("iframe");
  frame.name = `download-${Date.now()}`;
  frame.hidden = true;
  document.body.append(frame);
  // Only a refusal is a page; what is saved never loads.
  frame.addEventListener("load", () => {
    const text = frame.contentDocument?.body?.textContent;
    if (!text) return;
    onProblem(parsed(text));
    frame.remove();
  });
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/api/videos/download-form";
  form.target = frame.name;
  form.hidden = true;
  const fields = { video_ids: video_ids.join(","), folder_name, resolution };
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Have the browser save one video. */
export function downloadVideo(videoUrl: string): void {
  const link = document.createElement("a");
  link.href = `${videoUrl}?download=true`;
  link.download = "";
  link.click();
}

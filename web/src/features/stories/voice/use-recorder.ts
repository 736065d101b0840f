import { useEffect, useRef, useState } from "react";

/** Records from the microphone. `seconds` counts while it does; null: it does not. */
export function useRecorder(onDone: (file: File) => void, onRefused: () => void) {
  const [seconds, setSeconds] = useState<number | null>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  useEffect(() => () => stopped(recorder.current), []);
  useEffect(() => {
    if (seconds === null) return;
    const timer = setTimeout(() => setSeconds(seconds + 1), 1000);
    return () => clearTimeout(timer);
  }, [seconds]);
  async function start(): Promise<void> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      onRefused(); // refused, no microphone, or a page that is not on a safe address
      return;
    }
    const own = new MediaRecorder(stream);
    const parts: Blob[] = [];
    own.addEventListener("dataavailable", (event) => parts.push(event.data));
    own.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      setSeconds(null);
      const type = own.mimeType || "audio/webm";
      const end = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
      onDone(new File(parts, `recording.${end}`, { type }));
    });
    recorder.current = own;
    own.start();
    setSeconds(0);
  }
  return { seconds, start, stop: () => stopped(recorder.current) };
}

function stopped(recorder: MediaRecorder | null): void {
  if (recorder && recorder.state !== "inactive") recorder.stop();
}

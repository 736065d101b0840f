import { useEffect, useRef, useState } from "react";
import { droppedFiles } from "@/lib/drop";
import { everywhereStrings } from "@/strings/everywhere";

const FIELDS = "input, textarea, select, [contenteditable]";

/** The whole page takes a drop and a paste; what a place of its own takes is left to it. */
export function DropAnywhere({
  onFiles,
}: {
  onFiles: (files: readonly File[], pastedText?: boolean) => void;
}) {
  const [over, setOver] = useState(false);
  const give = useRef(onFiles);
  give.current = onFiles;
  useEffect(() => {
    let leaving: ReturnType<typeof setTimeout> | undefined;
    const blocked = () => document.querySelector("[role=dialog]") !== null;
    function drag(event: DragEvent): void {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // else the browser leaves the page for the file
      clearTimeout(leaving);
      leaving = setTimeout(() => setOver(false), 200); // no event says for certain that it has left
      setOver(!blocked());
    }
    async function drop(event: DragEvent): Promise<void> {
      setOver(false);
      if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (!blocked()) give.current(await droppedFiles(event.dataTransfer));
    }
    function paste(event: ClipboardEvent): void {
      const files = [...(event.clipboardData?.files ?? [])];
      const text = event.clipboardData?.getData("text/plain") ?? "";
      const typing = (event.target as Element | null)?.closest?.(FIELDS);
      if (event.defaultPrevented || blocked() || (typing && text)) return;
      if (files.length === 0 && !text.trim()) return;
      event.preventDefault();
      if (files.length > 0) give.current(files);
      else give.current([new File([text], "pasted-prompts.txt", { type: "text/plain" })], true);
    }
    window.addEventListener("dragover", drag);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      clearTimeout(leaving);
      window.removeEventListener("dragover", drag);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, []);
  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-2 z-40 grid place-items-end rounded-xl border-2 border-accent-text border-dashed p-4">
      <p className="mx-auto rounded-lg bg-surface px-4 py-2 font-medium shadow-pop">
        {everywhereStrings.drop}
      </p>
    </div>
  );
}

// Reads what was dropped, folders and all.

/** The files of a drop. Call it while the event is handled: entries are gone afterwards. */
export async function droppedFiles(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files];
  return (await Promise.all(entries.map((entry) => filesIn(entry, true)))).flat();
}

/** Whether a file of a chosen folder lies in no hidden folder within it; the folder itself was meant. */
export function isVisible(file: File): boolean {
  return !file.webkitRelativePath.split("/").slice(1, -1).some(isHidden);
}

function isHidden(folder: string): boolean {
  return folder.startsWith(".") || folder === "__MACOSX" || folder === "$RECYCLE.BIN";
}

async function filesIn(entry: FileSystemEntry, first = false): Promise<File[]> {
  if (isFile(entry)) return [await new Promise<File>((done, failed) => entry.file(done, failed))];
  if (!isFolder(entry) || (!first && isHidden(entry.name))) return [];
  const reader = entry.createReader();
  const found: File[] = [];
  for (;;) {
    // A reader gives a part at a time, and an empty one at the end.
    const part = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (part.length === 0) return found;
    found.push(...(await Promise.all(part.map((each) => filesIn(each)))).flat());
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

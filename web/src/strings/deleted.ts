// Words of the page of what was deleted and can be restored.
import { plural } from "@/lib/format";

export const deletedStrings = {
  title: "Recently deleted",
  uses: (n: number, size: string) => `${plural(n, "video uses", "videos use")} ${size}.`,
  until: "Each is deleted for good when its time is over.",
  gone: (when: string) => `Deleted for good ${when}`,
  restore: "Restore",
  restoreAll: "Restore all shown",
  forever: "Delete forever",
  emptyAll: "Delete all shown forever",
  sure: (n: number) => `Delete ${plural(n, "video")} forever?`,
  sureText: "Files and rows are removed. This cannot be undone. Cost records are kept.",
  nothing: "Nothing was deleted",
  nothingText: "Videos that you delete stay here for a while and can be restored.",
  more: "Show more",
  open: (n: number, size: string) => `${plural(n, "deleted video")}, ${size}`,
  look: "Recently deleted",
} as const;

// Files that were dropped or pasted where nothing takes them: whatever page can use them hears of them.

let files: readonly File[] = [];
const watchers = new Set<() => void>();

/** The last files, for `useSyncExternalStore`: the same list until others come. */
export const droppedHere = {
  get: (): readonly File[] => files,
  subscribe(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
};

/** Give files to the page that can use them. An empty list when they are used. */
export function handOver(next: readonly File[]): void {
  files = next;
  for (const watcher of watchers) watcher();
}

// Asking for a key from anywhere on the page: what is asked for is shown by the shell, over what is there.

let asked: string | null = null;
const watchers = new Set<() => void>();

/** Which provider's key is asked for, for `useSyncExternalStore`. */
export const askedKey = {
  get: (): string | null => asked,
  subscribe(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
};

/** Ask for a key of this provider (its id); null ends it. */
export function askForKey(provider: string | null): void {
  asked = provider;
  for (const watcher of watchers) watcher();
}

// Keeps what is being put together for the next job, files too, so that leaving the page loses nothing.

const DATABASE = "rushes";
const STORE = "draft";
const FILES = "files";
const WORDS = "rushes-draft";

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function within<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((done, failed) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => failed(transaction.error);
      transaction.onerror = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** The files, or undefined. */
export async function keptFiles<T>(): Promise<T | undefined> {
  return (await within("readonly", (store) => store.get(FILES))) as T | undefined;
}

/** Keep the files. Rejects when the browser has no room for them, or keeps nothing (private windows). */
export async function keepFiles(files: unknown): Promise<void> {
  await within("readwrite", (store) => store.put(files, FILES));
}

/** The words, or null. */
export function keptWords<T>(): T | null {
  try {
    return JSON.parse(localStorage.getItem(WORDS) ?? "null") as T | null;
  } catch {
    return null; // nothing can be kept here, or it is not ours
  }
}

/** Keep the words, at once: a page that is being left has no time to wait. False when there is no room. */
export function keepWords(words: unknown): boolean {
  try {
    localStorage.setItem(WORDS, JSON.stringify(words));
    return true;
  } catch {
    return false;
  }
}

/** Forget all of it. */
export async function forgetDraft(): Promise<void> {
  try {
    localStorage.removeItem(WORDS);
  } finally {
    await within("readwrite", (store) => store.clear());
  }
}

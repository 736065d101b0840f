// Keeps what is being put together for the next job, files too, so that leaving the page loses nothing.

const DATABASE = "rushes";
const STORE = "draft";

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

/** A part of the draft, or undefined. */
export async function kept<T>(part: string): Promise<T | undefined> {
  return (await within("readonly", (store) => store.get(part))) as T | undefined;
}

/** Keep a part. Rejects when the browser has no room for it, or keeps nothing (private windows). */
export async function keep(part: string, value: unknown): Promise<void> {
  await within("readwrite", (store) => store.put(value, part));
}

/** Forget all of it. */
export async function forget(): Promise<void> {
  await within("readwrite", (store) => store.clear());
}

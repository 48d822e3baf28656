/** Checkpoints in a browser's database, IndexedDB: they outlive the page, and a worker can reach them, too. */
import { type CheckpointStore, type CheckpointStoreOptions, checkpointStore } from "./checkpoint-store.ts";

/** The only table of the database: bytes by name. */
const table = "checkpoints";

/**
 * Keeps checkpoints in a browser, in a database of IndexedDB: they outlive the page, and a worker can use it, too. A
 * transaction writes all or nothing, so a page that is closed damages none.
 *
 * @param name The database's name. It should be the run's alone.
 * @returns A store that throws what the browser throws: a `QuotaExceededError` if the disk is full, say.
 * @throws {ArgumentError} if `keep` is not a whole number from 1.
 * @example
 * ```ts
 * import { checkpointDatabase } from "@dlcc/io";
 *
 * const store = checkpointDatabase("my run", { keep: 2 });
 * console.log(typeof store.read); // → function
 * ```
 */
export function checkpointDatabase(name: string, options: CheckpointStoreOptions = {}): CheckpointStore {
  let opened: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => {
    const forget = (): void => {
      opened = undefined;
    };
    opened ??= openDatabase(name, forget).catch((error: unknown) => {
      forget(); // the next call tries again
      throw error;
    });
    return opened;
  };
  const run = async <T>(mode: IDBTransactionMode, ask: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const transaction = (await open()).transaction(table, mode, { durability: "strict" });
    const request = ask(transaction.objectStore(table));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  };
  return checkpointStore(
    {
      name: `the database "${name}"`,
      list: async () => (await run("readonly", (rows) => rows.getAllKeys())).map(String),
      read: (key) => run<Uint8Array>("readonly", (rows) => rows.get(key)),
      write: async (key, bytes) => void (await run("readwrite", (rows) => rows.put(bytes, key))),
      remove: (key) => run("readwrite", (rows) => rows.delete(key)),
    },
    options,
  );
}

/** @param closed Called when the connection can't be used any longer. */
function openDatabase(name: string, closed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(table);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = closed;
      database.onversionchange = () => {
        // Otherwise this page would keep others from deleting the database.
        database.close();
        closed();
      };
      resolve(database);
    };
  });
}

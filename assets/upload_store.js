/* The upload queue in IndexedDB, so that a reload loses no file: rows in one store, their bytes in another.
 *
 * One database per account: who signs in next on this machine sees nothing of it. Every function
 * here answers quietly when storage is forbidden or full; the queue then lives in memory only.
 */

const VERSION = 1;
const BATCH_BYTES = 32 * 1024 * 1024;

export class UploadStore {
  constructor(account) {
    this.name = `cg-uploads-${account}`;
    this.database = null;
    this.usable = typeof indexedDB !== "undefined";
    this.chain = Promise.resolve();
  }

  open() {
    this.database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, VERSION);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("rows", { keyPath: "id" });
        request.result.createObjectStore("blobs");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return this.database;
  }

  /** Runs `work(rows, blobs)` in one transaction, after all before it; resolves to its result or `fallback`. */
  transact(mode, work, fallback) {
    const run = async () => {
      if (!this.usable) return fallback;
      try {
        const database = await this.open();
        // Relaxed: a reload must not lose a file, and does not; waiting for the disk each time would take far longer.
        return await settled(database.transaction(["rows", "blobs"], mode, { durability: "relaxed" }), work);
      } catch (error) {
        // A full disk is no reason to stop uploading; only the safety net is gone.
        if (error?.name !== "QuotaExceededError") this.usable = false;
        return fallback;
      }
    };
    this.chain = this.chain.then(run);
    return this.chain;
  }

  /** All rows of the last visit, in the order they were added. */
  async rows() {
    const all = await this.transact("readonly", (rows) => rows.getAll(), []);
    return all.sort((a, b) => a.order - b.order);
  }

  blob(id) {
    return this.transact("readonly", (_, blobs) => blobs.get(id), undefined);
  }

  /** Writes row records; `files` are kept beside them, `doneIds` no longer need theirs. */
  save(records, files = [], doneIds = []) {
    return this.transact("readwrite", (rows, blobs) => {
      records.forEach((record) => rows.put(record));
      files.forEach(([id, file]) => blobs.put(file, id));
      doneIds.forEach((id) => blobs.delete(id));
    });
  }

  remove(ids) {
    return this.transact("readwrite", (rows, blobs) => {
      ids.forEach((id) => {
        rows.delete(id);
        blobs.delete(id);
      });
    });
  }
}

function settled(transaction, work) {
  return new Promise((resolve, reject) => {
    const request = work(transaction.objectStore("rows"), transaction.objectStore("blobs"));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** `rows` in groups of a size that one transaction writes quickly; a larger file is a group of its own. */
export function batchesOf(rows) {
  const batches = [];
  let room = 0;
  for (const row of rows) {
    room -= row.size;
    if (room < 0) {
      batches.push([]);
      room = BATCH_BYTES - row.size;
    }
    batches.at(-1).push(row);
  }
  return batches;
}

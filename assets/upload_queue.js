/* The queue behind the upload page: rows from "waiting" to an end that is named, three at a time.
 *
 * A row is replaced, never changed, so that a view can compare by identity. States: waiting,
 * uploading, delayed (the server asked for patience), processing, ready, duplicate, failed, refused.
 */

import { getJson, whoAmI } from "./api_client.js";
import { listenToImages } from "./image_events.js";
import { isClutter, refusal } from "./upload_files.js";
import { sendFile } from "./upload_request.js";
import { batchesOf, UploadStore } from "./upload_store.js";

const AT_ONCE = 3;
const ATTEMPTS = 6;
const RECHECK_MS = 15_000;
const OPEN_STATES = new Set(["waiting", "uploading", "delayed", "processing"]);
const LOST = "The browser no longer has this file. Please choose it again.";
const TOO_FAST = "Many uploads at once.";
const HOPELESS = new Set([413, 415, 422]);
const TEMPORARY = new Set([0, 502, 503, 504]);

/** True while something is still to happen with the row. */
export const isOpen = (row) => OPEN_STATES.has(row.state);

/** True where sending again can help: not when the server has the bytes and could not read them. */
export const canRetry = (row) => row.state === "delayed" || (row.state === "failed" && !row.final);

/** randomUUID exists on secure pages only; a gallery on a home network is often plain HTTP. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export class UploadQueue {
  constructor(limits) {
    this.limits = limits;
    this.rows = [];
    this.files = new Map();
    this.sending = new Map();
    this.heard = new Map();
    this.visibility = "";
    this.signedOut = false;
    this.shutOut = false;
    this.store = null;
    this.pausedUntil = 0;
    this.version = 0;
    this.listeners = new Set();
    this.subscribe = (listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    };
    this.getVersion = () => this.version;
  }

  /** Takes up what the last visit left; returns the way out. */
  start() {
    const stopListening = listenToImages({
      onImage: (event) => this.hear(event),
      onConnect: () => this.recheck(),
    });
    const timer = setInterval(() => this.recheck(), RECHECK_MS);
    this.restore();
    this.recheck();
    // Whoever sees the upload page again may have been given back what was taken away.
    this.shutOut = false;
    this.pump();
    return () => {
      stopListening();
      clearInterval(timer);
    };
  }

  async restore() {
    if (this.store) return;
    const me = await whoAmI().catch((problem) => this.noteRefusal(problem));
    if (!me?.id) {
      this.signedOut = true;
      this.changed();
      return;
    }
    const store = new UploadStore(me.id);
    // A second tab must not send the first one's files again; its own live in its memory.
    if (this.store || !(await claimQueue(store.name))) return;
    this.store = store;
    const known = new Set(this.rows.map((row) => row.id));
    const kept = (await this.store.rows()).filter((row) => !known.has(row.id));
    const revived = kept.map((row) => (row.imageId || !isOpen(row) ? row : { ...row, state: "waiting", progress: 0 }));
    this.rows = [...revived, ...this.rows];
    this.keep(this.rows);
    this.changed();
    this.recheck();
    this.pump();
  }

  add(found) {
    const order = Date.now();
    const rows = found
      .filter(({ file, path }) => !isClutter(file) && !this.giveBack(file, path))
      .map(({ file, path }, i) => {
        const reason = refusal(file, this.limits);
        const row = { id: newKey(), order: order + i / 100_000, name: file.name, path, size: file.size };
        if (!reason) this.files.set(row.id, file);
        const state = reason ? { state: "refused", reason } : { state: "waiting" };
        return { ...row, visibility: this.visibility, progress: 0, attempts: 0, ...state };
      });
    this.rows = [...this.rows, ...rows];
    this.changed();
    this.keep(rows);
    this.pump();
    return rows.length;
  }

  /** A file chosen again for a row whose bytes the browser lost goes on in that row; true when there was one. */
  giveBack(file, path) {
    const row = this.rows.find(
      (one) => one.reason === LOST && one.name === file.name && one.path === path && one.size === file.size,
    );
    if (!row) return false;
    this.files.set(row.id, file);
    this.set(row.id, { state: "waiting", final: false, attempts: 0, progress: 0, reason: "" });
    this.keep([row]);
    return true;
  }

  /** Writes all rows at once, so that none is forgotten, then their bytes in bounded batches. */
  async keep(rows) {
    if (!this.store) return;
    await this.store.save(rows.map((row) => this.row(row.id)).filter(Boolean));
    for (const batch of batchesOf(rows)) {
      const needed = batch.map(({ id }) => this.row(id)).filter((row) => row && isOpen(row) && !row.imageId);
      const files = needed.map(({ id }) => [id, this.files.get(id)]).filter(([, file]) => file);
      if (files.length) await this.store.save([], files);
    }
  }

  row(id) {
    return this.rows.find((row) => row.id === id);
  }

  set(id, change) {
    const index = this.rows.findIndex((row) => row.id === id);
    if (index < 0) return;
    const row = { ...this.rows[index], ...change };
    this.rows = this.rows.with ? this.rows.with(index, row) : this.rows.map((old) => (old.id === id ? row : old));
    this.changed();
    const moved = Object.keys(change).some((name) => name !== "progress");
    if (!moved || !this.store) return;
    const arrived = Boolean(row.imageId);
    if (arrived) this.files.delete(id);
    this.store.save([row], [], arrived ? [id] : []);
  }

  /** Tells the view, once per frame however many bytes moved. */
  changed() {
    this.version += 1;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.listeners.forEach((listener) => listener());
    });
  }

  pump() {
    const now = Date.now();
    if (this.signedOut || this.shutOut || now < this.pausedUntil) return;
    for (const row of this.rows) {
      if (this.sending.size >= AT_ONCE) return;
      if (row.state === "waiting" && !this.sending.has(row.id)) this.send(row);
    }
  }

  async send(row) {
    this.sending.set(row.id, null);
    this.set(row.id, { state: "uploading", progress: 0, attempts: row.attempts + 1, reason: "" });
    const file = this.files.get(row.id) ?? (await this.store?.blob(row.id));
    if (file) await this.sendBytes(row, file);
    else this.set(row.id, { state: "failed", final: true, reason: LOST });
    this.sending.delete(row.id);
    this.pump();
  }

  async sendBytes(row, file) {
    this.files.set(row.id, file);
    const named = file.name === row.name ? file : new File([file], row.name, { type: file.type });
    const upload = sendFile({
      endpoint: this.limits.endpoint,
      file: named,
      key: row.id,
      visibility: row.visibility,
      onProgress: (progress) => this.sending.has(row.id) && this.set(row.id, { progress }),
    });
    this.sending.set(row.id, upload);
    try {
      this.arrived(row.id, await upload.promise);
    } catch (problem) {
      this.refused(row.id, problem);
    }
  }

  arrived(id, { image, duplicate }) {
    const early = this.heard.get(image.id);
    const state = early?.status ?? image.status;
    if (duplicate) this.set(id, { state: "duplicate", imageId: image.id, progress: 1 });
    else this.set(id, { ...ending(state, early?.error ?? image.error), imageId: image.id, progress: 1 });
  }

  refused(id, problem) {
    const row = this.row(id);
    if (!row || problem.status === -1) return;
    this.noteRefusal(problem);
    if (problem.status === 401) this.set(id, { state: "waiting", progress: 0 });
    else if (problem.status === 429) this.delay(id, row, problem, { attempts: row.attempts - 1 });
    else if (TEMPORARY.has(problem.status) && row.attempts < ATTEMPTS) this.delay(id, row, problem);
    else this.set(id, { state: "failed", final: HOPELESS.has(problem.status), reason: problem.message });
  }

  /** Waits as long as the server asked; a row that is told to wait its turn has not failed, so that is no attempt. */
  delay(id, row, problem, change = {}) {
    const seconds = Math.min(600, problem.retryAfter || 2 ** row.attempts);
    const until = Date.now() + seconds * 1000;
    // What the server says to one file holds for the others too.
    if (problem.status) this.pausedUntil = Math.max(this.pausedUntil, until);
    const reason = problem.status === 429 ? TOO_FAST : problem.message;
    this.set(id, { state: "delayed", until, reason, progress: 0, ...change });
    setTimeout(() => {
      if (this.row(id)?.state === "delayed") this.set(id, { state: "waiting" });
      this.pump();
    }, seconds * 1000 + 50);
  }

  /** Somebody who is signed out, or may not upload any more, sends nothing more; the page looks who that is now. */
  noteRefusal(problem) {
    if (problem?.status === 401) this.signedOut = true;
    if (problem?.code === "not_allowed") this.shutOut = true;
    if (this.shutOut) this.onRefused?.();
    this.changed();
  }

  hear({ id, status, error }) {
    if (status === "processing") return;
    this.heard.set(id, { status, error });
    if (this.heard.size > 500) this.heard.delete(this.heard.keys().next().value);
    const row = this.rows.find((one) => one.imageId === id && one.state === "processing");
    if (row) this.set(row.id, ending(status, error));
  }

  /** Events get lost while a connection is down: the rows of the server are asked for the truth. */
  async recheck() {
    const waiting = this.rows.filter((row) => row.state === "processing" && row.imageId);
    for (const row of waiting.slice(0, 40)) {
      try {
        const image = await getJson(`/api/v1/images/${row.imageId}`);
        this.hear({ id: row.imageId, status: image.status, error: image.error });
      } catch (problem) {
        if (problem.status === 404) this.set(row.id, { state: "failed", reason: "The picture was removed." });
      }
    }
  }

  retry(ids) {
    for (const id of ids) {
      const row = this.row(id);
      if (row && canRetry(row)) this.set(id, { state: "waiting", attempts: 0, progress: 0, reason: "" });
    }
    this.pausedUntil = 0;
    this.shutOut = false;
    this.pump();
  }

  remove(ids) {
    const gone = new Set(ids);
    gone.forEach((id) => {
      this.sending.get(id)?.abort();
      this.files.delete(id);
    });
    this.rows = this.rows.filter((row) => !gone.has(row.id));
    this.store?.remove([...gone]);
    this.changed();
  }
}

function ending(status, error) {
  if (status === "ready") return { state: "ready" };
  if (status === "processing") return { state: "processing" };
  return { state: "failed", final: true, reason: error || "The picture could not be read." };
}

/** True when this tab may take up the kept queue; the lock is held until the tab closes. */
function claimQueue(name) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

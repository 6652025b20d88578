/* The pictures of one query, fetched page after page by keyset cursor and kept across navigation.
 *
 * Feeds live in this module, not in a component: Back finds the pages and the place again, and
 * the page of one picture finds its neighbours.
 */

import { getJson } from "./api_client.js";

const PAGE = 60;
const KEPT_FEEDS = 6;
const NEIGHBOURS_KEY = "cg:neighbours";
const NEIGHBOURS_EACH_WAY = 300;

const feeds = new Map();
let lastOpened = null;

export class ImageFeed {
  constructor(endpoint, query) {
    this.endpoint = endpoint;
    this.query = query;
    this.items = [];
    this.ids = new Set();
    this.cursor = null;
    this.total = null;
    this.done = false;
    this.loading = false;
    this.error = null;
    this.anchor = null;
    this.activeId = null;
    this.version = 0;
    this.epoch = 0;
    this.listeners = new Set();
    this.subscribe = this.subscribe.bind(this);
    this.getVersion = () => this.version;
  }

  get started() {
    return this.items.length > 0 || this.done || this.error !== null;
  }

  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed() {
    this.version += 1;
    this.listeners.forEach((listener) => listener());
  }

  url() {
    const parameters = new URLSearchParams(this.query);
    parameters.set("limit", String(PAGE));
    if (this.cursor) parameters.set("cursor", this.cursor);
    else parameters.set("count", "true");
    return `${this.endpoint}${this.endpoint.includes("?") ? "&" : "?"}${parameters}`;
  }

  /** Fetches the next page unless one is under way, all are here, or the last attempt failed. */
  async fetchNext() {
    if (this.loading || this.done || this.error) return;
    this.loading = true;
    this.changed();
    try {
      this.take(await getJson(this.url()));
    } catch (error) {
      this.error = error;
    }
    this.loading = false;
    this.changed();
  }

  retry() {
    this.error = null;
    return this.fetchNext();
  }

  take(page) {
    for (const card of page.items) {
      // A picture that moved within the order while one scrolls may be answered twice.
      if (this.ids.has(card.id)) continue;
      this.ids.add(card.id);
      this.items.push(card);
    }
    if (Number.isFinite(page.total)) this.total = page.total;
    this.cursor = page.next_cursor;
    this.done = !page.next_cursor;
  }

  indexOf(id) {
    return this.ids.has(id) ? this.items.findIndex((card) => card.id === id) : -1;
  }

  /** Takes over what is newer in `fresh`; a changed size lays the rows out again. */
  patch(fresh) {
    const index = this.indexOf(fresh.id);
    if (index < 0) return;
    const old = this.items[index];
    const card = { ...old };
    for (const key of Object.keys(old)) if (fresh[key] !== undefined) card[key] = fresh[key];
    this.items[index] = card;
    if (card.width !== old.width || card.height !== old.height) this.epoch += 1;
    this.changed();
  }

  remove(ids) {
    const gone = new Set(ids.filter((id) => this.ids.has(id)));
    if (!gone.size) return;
    this.items = this.items.filter((card) => !gone.has(card.id));
    gone.forEach((id) => this.ids.delete(id));
    if (this.total !== null) this.total = Math.max(0, this.total - gone.size);
    this.epoch += 1;
    this.changed();
  }

  /** Remembers which pictures lie around `id`, for the page that shows it. */
  opened(id) {
    lastOpened = this;
    this.activeId = id;
    const index = this.indexOf(id);
    const start = Math.max(0, index - NEIGHBOURS_EACH_WAY);
    const around = this.items.slice(start, index + NEIGHBOURS_EACH_WAY + 1);
    try {
      const kept = { query: this.query, ids: around.map((card) => card.id) };
      sessionStorage.setItem(NEIGHBOURS_KEY, JSON.stringify(kept));
    } catch {
      // Storage may be full or forbidden; neighbours then live as long as this document.
    }
  }
}

/** The feed of a query: the kept one when `reuse` and there is one, else a new one. */
export function openFeed(endpoint, query, reuse) {
  const key = `${endpoint}?${query}`;
  const kept = feeds.get(key);
  const feed = reuse && kept && !kept.error ? kept : new ImageFeed(endpoint, query);
  feeds.delete(key);
  feeds.set(key, feed);
  if (feeds.size > KEPT_FEEDS) feeds.delete(feeds.keys().next().value);
  return feed;
}

/** Takes up a change of one's like: the counts, and the lists of what one likes, which lose it or ask again for it. */
export function likeChanged(id, { liked, likes }) {
  feeds.forEach((feed, key) => {
    feed.patch({ id, likes });
    if (new URLSearchParams(feed.query).get("liked") !== "true") return;
    if (!liked) feed.remove([id]);
    else if (!feed.ids.has(id)) feeds.delete(key);
  });
}

/** `{previous, next}` ids around `id` in the grid it was opened from; null where there is none. */
export function neighbours(id) {
  const live = lastOpened?.indexOf(id) ?? -1;
  if (live < 0) return around(storedIds(), id);
  // Paging on from the picture's own page must not stop where the grid had stopped loading.
  if (live > lastOpened.items.length - 10) lastOpened.fetchNext();
  lastOpened.activeId = id;
  return around(
    lastOpened.items.slice(Math.max(0, live - 1), live + 2).map((card) => card.id),
    id,
  );
}

function around(ids, id) {
  const index = ids.indexOf(id);
  if (index < 0) return { previous: null, next: null };
  return { previous: ids[index - 1] ?? null, next: ids[index + 1] ?? null };
}

function storedIds() {
  try {
    return JSON.parse(sessionStorage.getItem(NEIGHBOURS_KEY))?.ids ?? [];
  } catch {
    return [];
  }
}

if (typeof window !== "undefined") {
  // Pages written in Python reach the feeds by this one name, through rx.call_script.
  window.__cg_gallery = {
    neighbours,
    forget: (ids) => feeds.forEach((feed) => feed.remove([].concat(ids))),
    patch: (card) => feeds.forEach((feed) => feed.patch(card)),
  };
}

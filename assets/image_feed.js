/* The pictures of one query, fetched page after page by keyset cursor and kept across navigation.
 *
 * A query with a `start` begins at that month and is read in both directions. Indices count from
 * where it began: earlier pictures have negative ones, so that no index changes when they come.
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
    this.first = 0;
    this.ids = new Set();
    this.gone = new Set();
    this.list = this;
    this.cursor = null;
    // The cursor of what lies above: null at the beginning of the list, undefined while that is not known.
    this.before = new URLSearchParams(query).has("start") ? undefined : null;
    this.total = null;
    this.isEstimate = false;
    this.byWordsAlone = false;
    this.order = null;
    this.done = false;
    this.loading = false;
    this.loadingBefore = false;
    this.error = null;
    this.errorBefore = null;
    this.request = new AbortController();
    this.anchor = null;
    this.layout = null;
    this.activeId = null;
    this.version = 0;
    this.epoch = 0;
    this.listeners = new Set();
    this.subscribe = this.subscribe.bind(this);
    this.getVersion = () => this.version;
  }

  get started() {
    return this.items.length > 0 || (this.done && !this.before) || this.error !== null;
  }

  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed() {
    this.version += 1;
    this.listeners.forEach((listener) => listener());
  }

  url(cursor) {
    const parameters = new URLSearchParams(this.query);
    parameters.set("limit", String(PAGE));
    if (cursor) {
      parameters.delete("start");
      parameters.set("cursor", cursor);
    } else parameters.set("count", "true");
    return `${this.endpoint}${this.endpoint.includes("?") ? "&" : "?"}${parameters}`;
  }

  /** Fetches the next page unless one is under way, all are here, or the last attempt failed. */
  async fetchNext() {
    if (this.loading || this.done || this.error) return;
    this.loading = true;
    this.changed();
    try {
      this.take(await getJson(this.url(this.cursor), this.request.signal));
      // Nothing from the month on: what comes before it is shown from its end.
      if (!this.items.length && this.before) await this.fetchPrevious();
    } catch (error) {
      if (error.name !== "AbortError") this.error = error;
    }
    this.loading = false;
    this.changed();
  }

  /** Fetches the page before the first picture, as `fetchNext` does the one after the last. */
  async fetchPrevious() {
    if (this.loadingBefore || !this.before || this.errorBefore) return;
    this.loadingBefore = true;
    this.changed();
    try {
      this.takeBefore(await getJson(this.url(this.before), this.request.signal));
    } catch (error) {
      if (error.name !== "AbortError") this.errorBefore = error;
    }
    this.loadingBefore = false;
    this.changed();
  }

  /** Asks no longer for what nobody waits for any more; the feed is of no use then. */
  abandon() {
    this.request.abort();
    forgetFeed(this);
  }

  retry() {
    this.error = null;
    return this.fetchNext();
  }

  retryBefore() {
    this.errorBefore = null;
    return this.fetchPrevious();
  }

  take(page) {
    this.items.push(...this.unseen(page.items));
    if (Number.isFinite(page.total)) {
      this.total = page.total;
      this.isEstimate = Boolean(page.total_is_estimate);
    }
    if (this.before === undefined) this.before = page.previous_cursor ?? null;
    this.order = page.sort ?? this.order;
    this.byWordsAlone = page.understood === false;
    this.cursor = page.next_cursor;
    this.done = !page.next_cursor;
  }

  takeBefore(page) {
    const cards = this.unseen(page.items);
    if (!this.items.length) this.anchor = { index: -1, part: 0 };
    this.items = [...cards, ...this.items];
    this.first -= cards.length;
    this.before = page.previous_cursor ?? null;
  }

  /** A picture that moved within the order while one scrolls may be answered twice. */
  unseen(cards) {
    const found = cards.filter((card) => !this.ids.has(card.id));
    found.forEach((card) => this.ids.add(card.id));
    return found;
  }

  at(index) {
    return this.items[index - this.first];
  }

  /** The cards from index `low` to `high`, both inclusive. */
  between(low, high) {
    return this.items.slice(low - this.first, high - this.first + 1);
  }

  positionOf(id) {
    return this.ids.has(id) ? this.items.findIndex((card) => card.id === id) : -1;
  }

  /** The index of picture `id`, null where it is not. */
  indexOf(id) {
    const position = this.positionOf(id);
    return position < 0 ? null : position + this.first;
  }

  /** Takes over what is newer in `fresh`; a changed size lays the rows out again. */
  patch(fresh) {
    const position = this.positionOf(fresh.id);
    if (position < 0) return;
    const old = this.items[position];
    const card = { ...old };
    for (const key of Object.keys(old)) if (fresh[key] !== undefined) card[key] = fresh[key];
    this.items[position] = card;
    if (card.width !== old.width || card.height !== old.height) this.epoch += 1;
    this.changed();
  }

  remove(ids) {
    const here = new Set(ids.filter((id) => this.ids.has(id)));
    if (!here.size && ids.every((id) => this.gone.has(id))) return;
    ids.forEach((id) => this.gone.add(id));
    if (here.size) {
      this.items = this.items.filter((card) => !here.has(card.id));
      here.forEach((id) => this.ids.delete(id));
      if (this.total !== null) this.total = Math.max(0, this.total - here.size);
      this.epoch += 1;
    }
    this.changed();
  }

  /** Is the same list as `other`, from another place on: what is chosen there stays chosen here. */
  continues(other) {
    this.list = other.list;
    this.gone = new Set(other.gone);
  }

  /** Remembers which pictures lie around `id`, for the page that shows it. */
  opened(id) {
    lastOpened = this;
    this.activeId = id;
    const position = this.positionOf(id);
    const start = Math.max(0, position - NEIGHBOURS_EACH_WAY);
    const around = this.items.slice(start, position + NEIGHBOURS_EACH_WAY + 1);
    try {
      const kept = { query: this.query, ids: around.map((card) => card.id) };
      sessionStorage.setItem(NEIGHBOURS_KEY, JSON.stringify(kept));
    } catch {
      // Storage may be full or forbidden; neighbours then live as long as this document.
    }
  }
}

const keyOf = ({ endpoint, query }) => `${endpoint}?${query}`;

/** The feed of a query: the kept one when `reuse` and there is one, else a new one. */
export function openFeed(endpoint, query, reuse) {
  const key = keyOf({ endpoint, query });
  const kept = feeds.get(key);
  const feed = kept && (kept.isGiven || (reuse && !kept.error)) ? kept : new ImageFeed(endpoint, query);
  feeds.delete(key);
  feeds.set(key, feed);
  if (feeds.size > KEPT_FEEDS) feeds.delete(feeds.keys().next().value);
  return feed;
}

/** Keeps `feed` under another query: its place in the address has moved along with the scrolling. */
export function renameFeed(feed, query) {
  if (feeds.get(keyOf(feed)) === feed) feeds.delete(keyOf(feed));
  feed.query = query;
  feeds.set(keyOf(feed), feed);
}

/** Lets go of `feed`, whose address is replaced by that of another one. */
export function forgetFeed(feed) {
  if (feeds.get(keyOf(feed)) === feed) feeds.delete(keyOf(feed));
}

/** A list that is here already, whole, under a name in place of an endpoint. */
export function giveFeed(name, { items }) {
  const feed = new ImageFeed(name, "");
  if (feeds.has(keyOf(feed))) return;
  feed.take({ items, total: items.length, next_cursor: null });
  feed.isGiven = true;
  feeds.set(keyOf(feed), feed);
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
  const live = lastOpened?.positionOf(id) ?? -1;
  if (live < 0) return around(storedIds(), id);
  // Paging on from the picture's own page must not stop where the grid had stopped loading.
  if (live > lastOpened.items.length - 10) lastOpened.fetchNext();
  if (live < 10) lastOpened.fetchPrevious();
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

/* The gallery's grid: justified rows, virtualised, endless; it fetches the API itself.
 *
 * No server state takes part in scrolling: Reflex hears of a changed selection and of nothing else.
 */

import {
  createElement as h,
  Fragment,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useLocation, useNavigationType } from "react-router";

import { getJson } from "./api_client.js";
import { GalleryTile } from "./gallery_tile.js";
import { useSelection } from "./grid_selection.js";
import { revealRow, useRowWindow, useWidth } from "./grid_window.js";
import { listenToImages } from "./image_events.js";
import { openFeed } from "./image_feed.js";
import { createLayout, extendLayout, neighbourIndex } from "./justified.js";
import "./grid.css";

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
const DESKTOP_ROW = 240;
const PHONE_ROW = 160;
const PHONE_BELOW = 640;

function useFeed(endpoint, query, refresh, removed) {
  const reuse = useNavigationType() === "POP";
  const opened = useRef({});
  const key = JSON.stringify([endpoint, query, refresh]);
  if (opened.current.key !== key) {
    const again = opened.current.key !== undefined && opened.current.refresh !== refresh;
    const feed = openFeed(endpoint, query, reuse && !again);
    // Until the first page of a new query is here the old pictures stay, dimmed: nothing flashes.
    opened.current = { key, refresh, feed, old: opened.current.feed };
  }
  const { feed, old } = opened.current;
  const version = useSyncExternalStore(feed.subscribe, feed.getVersion, () => 0);
  useEffect(() => {
    if (!feed.started) feed.fetchNext();
    if (old && window.scrollY > 0 && !feed.anchor) window.scrollTo(0, 0);
  }, [feed, old]);
  useEffect(() => {
    if (removed?.length) feed.remove(removed);
  }, [feed, version, removed]);
  return { feed: feed.started || !old?.items.length ? feed : old, version, stale: !feed.started };
}

function useLayout(feed, width, wished, gap) {
  const target = wished || (width < PHONE_BELOW ? PHONE_ROW : DESKTOP_ROW);
  const epoch = feed.epoch;
  const layout = useMemo(
    () => (width ? { ...createLayout({ width, target, gap }), feed, epoch } : null),
    [feed, epoch, width, target, gap],
  );
  if (layout) extendLayout(layout, feed.items, feed.done);
  return layout;
}

async function readAgain(feed, id) {
  try {
    feed.patch(await getJson(`/api/v1/images/${id}`));
  } catch (error) {
    if (error.status === 404 || error.status === 410) feed.remove([id]);
  }
}

/** Follows processing pictures to their end; no connection is held while there are none. */
function useArrivals(feed, waiting) {
  useEffect(() => {
    if (!waiting) return undefined;
    const pending = () => feed.items.filter((card) => card.status === "processing");
    return listenToImages({
      onImage: ({ id }) => feed.ids.has(id) && readAgain(feed, id),
      onConnect: () => pending().slice(0, 60).forEach((card) => readAgain(feed, card.id)),
    });
  }, [feed, waiting]);
}

function useActive(root, feed, layout, update) {
  const [index, setIndex] = useState(() => Math.max(0, feed.indexOf(feed.activeId)));
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const link = root.current.querySelector(`[data-index="${index}"]`);
    if (!link) return;
    wantsFocus.current = false;
    link.focus({ preventScroll: true });
  });
  const move = (event) => {
    if (!ARROWS.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = neighbourIndex(layout, index, event.key);
    wantsFocus.current = true;
    setIndex(next);
    revealRow(root, layout, next);
    update();
  };
  return { index, setIndex, move };
}

function useActions(feed, selection, selectable, active) {
  const latest = useRef(null);
  latest.current = { feed, selection, selectable, active };
  const reread = useRef(new Set());
  return useMemo(
    () => ({
      click(event, index) {
        const { feed, selection, selectable } = latest.current;
        if (selectable && (selection.selected.size || event.shiftKey)) {
          event.preventDefault();
          selection.select(index, event.shiftKey);
          return;
        }
        feed.opened(feed.items[index].id);
      },
      select: (index, extend) => latest.current.selection.select(index, extend),
      focus: (index) => latest.current.active.setIndex(index),
      // Signed addresses run out in a tab left open: ask once for a new one.
      broken(card) {
        if (reread.current.has(card.id)) return;
        reread.current.add(card.id);
        readAgain(latest.current.feed, card.id);
      },
    }),
    [],
  );
}

function Skeleton() {
  const rows = [
    [1.5, 0.75, 1.3, 1.8, 1],
    [1, 1.6, 1.5, 0.7],
    [1.8, 1.2, 0.8, 1.5, 1.3],
    [0.7, 1.5, 1.4, 1.6],
  ];
  return h(
    "div",
    { className: "cg-grid-skeleton", "aria-hidden": true },
    rows.map((row, i) =>
      h("div", { key: i }, row.map((grow, j) => h("span", { key: j, style: { flexGrow: grow } }))),
    ),
  );
}

function Failure({ error, retry }) {
  return h(
    "div",
    { className: "cg-grid-failure", role: "alert" },
    h("span", null, error.message),
    h("button", { type: "button", onClick: retry }, "Try again"),
  );
}

function Tiles({ feed, layout, range, calm, active, selection, selectable, linkPrefix, act }) {
  const tiles = [];
  const total = feed.total ?? (feed.done ? feed.items.length : -1);
  const first = layout.rows[range[0]]?.start ?? 0;
  const end = layout.rows[Math.min(range[1], layout.rows.length - 1)]?.end ?? 0;
  const tabbable = active.index >= first && active.index < end ? active.index : first;
  for (let r = range[0]; r <= range[1] && r < layout.rows.length; r += 1) {
    const row = layout.rows[r];
    for (let index = row.start; index < row.end; index += 1) {
      const card = feed.items[index];
      const slot = index - row.start;
      tiles.push(
        h(GalleryTile, {
          key: card.id,
          card,
          index,
          total,
          place: { left: row.lefts[slot], top: row.top, width: row.widths[slot], height: row.height },
          active: index === tabbable,
          calm,
          eager: r === 0,
          selectable,
          selecting: selection.selected.size > 0,
          selected: selection.selected.has(card.id),
          href: `${linkPrefix}${card.id}`,
          act,
        }),
      );
    }
  }
  return tiles;
}

function Shown({ root, feed, layout, version, stale, props }) {
  const { range, calm, update } = useRowWindow(root, feed, layout, version);
  const selection = useSelection(feed, props.selectable, props.onSelect);
  const active = useActive(root, feed, layout, update);
  const act = useActions(feed, selection, props.selectable, active);
  useArrivals(feed, feed.items.some((card) => card.status === "processing"));
  const onKeyDown = (event) => {
    if (event.key === " " && props.selectable && event.target.dataset.index) {
      event.preventDefault();
      selection.select(active.index, event.shiftKey);
    } else if (event.target.dataset.index) active.move(event);
  };
  const list = {
    role: "list",
    "aria-label": props.label || "Pictures",
    "aria-busy": feed.loading || stale,
    className: `cg-grid-list${selection.selected.size ? " is-selecting" : ""}${stale ? " is-stale" : ""}`,
    style: { height: layout.height },
    onKeyDown,
  };
  const linkPrefix = props.linkPrefix ?? "/image/";
  const tiles = { feed, layout, range, calm, active, selection, linkPrefix, act };
  return h("div", list, h(Tiles, { ...tiles, selectable: Boolean(props.selectable) }));
}

/** See clonegallery/ui/components/grid.py for what each property means. */
export function GalleryGrid({ endpoint = "/api/v1/images", query, gap = 5, children, ...props }) {
  const root = useRef(null);
  const { search } = useLocation();
  const asked = (query ?? search).replace(/^\?/, "");
  const { feed, version, stale } = useFeed(endpoint, asked, props.refresh, props.removed);
  const width = useWidth(root);
  const layout = useLayout(feed, width, props.targetRowHeight, gap);
  const retry = useCallback(() => feed.retry(), [feed]);
  const empty = feed.done && !feed.items.length;
  const waiting = !feed.items.length && !empty && !feed.error;
  return h(
    "div",
    { ref: root, id: props.id, className: `cg-grid ${props.className ?? ""}` },
    h(
      "p",
      { className: "cg-visually-hidden", role: "status" },
      feed.total === null || stale ? "" : `${feed.total} pictures`,
    ),
    waiting && h(Skeleton),
    layout && layout.rows.length > 0 && h(Shown, { root, feed, layout, version, stale, props }),
    empty && h(Fragment, null, children ?? h("p", { className: "cg-grid-empty" }, "No pictures here yet.")),
    feed.error && h(Failure, { error: feed.error, retry }),
    // A screenful of places to come: what follows the grid stays out of sight while it grows. A new
    // element per page, for one that moves would be a layout shift.
    layout?.placed > 0 && !feed.done && !feed.error &&
      h("div", { key: `tail ${layout.placed}`, className: "cg-grid-tail" }, h(Skeleton)),
  );
}

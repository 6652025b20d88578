/* The gallery's grid: justified rows, virtualised, endless; it fetches the API itself.
 *
 * No server state takes part in scrolling: Reflex hears of a changed selection and of nothing else.
 */

import { createElement as h, Fragment, useCallback, useRef } from "react";

import { useByImage } from "./by_image.js";
import { GalleryTile } from "./gallery_tile.js";
import { useActions, useActive, useArrivals } from "./grid_actions.js";
import { useFeed, useLayout } from "./grid_feed.js";
import { usePlace } from "./grid_place.js";
import { useSelection } from "./grid_selection.js";
import { Failure, Head, isRefusedSearch, NothingAlike, Skeleton } from "./grid_states.js";
import { pictureInView, useRowWindow, useWidth } from "./grid_window.js";
import { rowOfIndex } from "./justified.js";
import { countOf, useSaid } from "./picture_count.js";
import { Timeline } from "./timeline.js";
import "./grid.css";

function Tiles({ feed, layout, range, calm, active, selection, selectable, linkPrefix, act }) {
  const tiles = [];
  // How many lie above is not known of a list that began in the middle, until one has been at its beginning.
  const counted = feed.before === null;
  const total = (counted ? feed.total : null) ?? (counted && feed.done ? feed.items.length : -1);
  const [first, end] = range;
  const tabbable = active.index >= first && active.index < end ? active.index : first;
  for (let r = rowOfIndex(layout, first); r >= 0 && layout.rows[r]?.start < end; r += 1) {
    const row = layout.rows[r];
    for (let index = row.start; index < row.end; index += 1) {
      const card = feed.at(index);
      const slot = index - row.start;
      tiles.push(
        h(GalleryTile, {
          key: card.id,
          card,
          index,
          position: counted ? index - feed.first + 1 : undefined,
          total,
          place: { left: row.lefts[slot], top: row.top, width: row.widths[slot], height: row.height },
          active: index === tabbable,
          calm,
          eager: row.start === 0,
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

function Shown({ root, feed, layout, version, stale, inView, onTop, props }) {
  const { range, calm, update } = useRowWindow(root, feed, layout, version, onTop);
  const selection = useSelection(feed, props.selectable, props.onSelect);
  const active = useActive(root, feed, layout, update);
  const act = useActions(feed, selection, props.selectable, active);
  useArrivals(feed, feed.items.some((card) => card.status === "processing"));
  inView.current = () => pictureInView(root, feed, layout);
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
    // Moved as a whole: to give the earlier pictures room is no layout shift then, and no work for the tiles.
    style: { height: layout.height, transform: layout.runway ? `translateY(${layout.runway}px)` : undefined },
    onKeyDown,
  };
  const linkPrefix = props.linkPrefix ?? "/image/";
  const tiles = { feed, layout, range, calm, active, selection, linkPrefix, act };
  return h(
    Fragment,
    null,
    h("div", list, h(Tiles, { ...tiles, selectable: Boolean(props.selectable) })),
    layout.runway > 0 && h("div", { style: { height: layout.runway } }),
  );
}

/** See clonegallery/ui/components/grid.py for what each property means. */
export function GalleryGrid({ endpoint = "/api/v1/images", query, gap = 5, children, ...props }) {
  const root = useRef(null);
  const inView = useRef(() => undefined);
  // What was found by a picture has no address, and no months.
  const given = useByImage();
  const timeline = Boolean(props.timeline) && !given;
  const place = usePlace(given ? "" : query, timeline);
  const { feed, version, stale } = useFeed(given?.endpoint ?? endpoint, place, props.refresh, props.removed);
  const width = useWidth(root);
  const layout = useLayout(feed, width, props.targetRowHeight, gap);
  const retry = useCallback(() => feed.retry(), [feed]);
  const onTop = useCallback(() => stale || place.jump(null, feed), [place.jump, feed, stale]);
  const refused = isRefusedSearch(feed);
  const empty = refused || (feed.done && !feed.items.length && feed.before === null);
  const counted = stale || refused ? "" : countOf(feed);
  useSaid(counted);
  const waiting = !feed.items.length && !empty && !feed.error;
  return h(
    "div",
    { ref: root, id: props.id, className: `cg-grid ${feed.first < 0 || feed.before !== null ? "is-open" : ""} ${props.className ?? ""}` },
    h("p", { className: "cg-visually-hidden", role: "status" }, counted),
    waiting && h(Skeleton),
    layout && h(Head, { key: `head ${layout.first} ${layout.runway}`, feed, layout }),
    layout && layout.rows.length > 0 && h(Shown, { root, feed, layout, version, stale, inView, onTop, props }),
    empty && given && h(NothingAlike),
    empty && !given && h(Fragment, null, children ?? h("p", { className: "cg-grid-empty" }, "No pictures here yet.")),
    feed.error && !refused && h(Failure, { error: feed.error, retry }),
    // A screenful of places to come: what follows the grid stays out of sight while it grows. A new
    // element per page, for one that moves would be a layout shift.
    layout?.rows.length > 0 && !feed.done && !feed.error &&
      h("div", { key: `tail ${layout.placed}`, className: "cg-grid-tail" }, h(Skeleton)),
    timeline && layout && h(Timeline, { key: "timeline", endpoint, place, feed, stale, inView, refresh: props.refresh }),
  );
}

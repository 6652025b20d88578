/* What one does with the tiles: open, choose, walk by keys; and pictures that change while one looks. */

import { useEffect, useMemo, useRef, useState } from "react";

import { getJson } from "./api_client.js";
import { revealRow } from "./grid_window.js";
import { listenToImages } from "./image_events.js";
import { neighbourIndex } from "./justified.js";

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

async function readAgain(feed, id) {
  try {
    feed.patch(await getJson(`/api/v1/images/${id}`));
  } catch (error) {
    if (error.status === 404 || error.status === 410) feed.remove([id]);
  }
}

/** Follows processing pictures to their end; no connection is held while there are none. */
export function useArrivals(feed, waiting) {
  useEffect(() => {
    if (!waiting) return undefined;
    const pending = () => feed.items.filter((card) => card.status === "processing");
    return listenToImages({
      onImage: ({ id }) => feed.ids.has(id) && readAgain(feed, id),
      onConnect: () => pending().slice(0, 60).forEach((card) => readAgain(feed, card.id)),
    });
  }, [feed, waiting]);
}

/** The one picture that Tab reaches: `{index, setIndex, move(event)}`. */
export function useActive(root, feed, layout, update) {
  const [index, setIndex] = useState(() => feed.indexOf(feed.activeId) ?? 0);
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

/** What tiles call; the same object at every render, for tiles are compared by what they get. */
export function useActions(feed, selection, selectable, active) {
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
        feed.opened(feed.at(index).id);
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

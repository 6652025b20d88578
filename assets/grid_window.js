/* Which rows of the layout are in the document, and where the page was scrolled to. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import { rowAt, rowOfIndex, visibleRows } from "./justified.js";

const BUDGET = 120;
const PREFETCH_SCREENS = 2;
const FAST_PX_PER_MS = 5;
const CALM_AFTER_MS = 120;
const HEADER = 72;
const AT_REST_AFTER_MS = 150;

let lastScroll = -Infinity;

/** True while the page moves. */
export const isScrolling = () => performance.now() - lastScroll < AT_REST_AFTER_MS;

/** The width of `root` in CSS pixels, 0 until it is measured. */
export function useWidth(root) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setWidth(Math.floor(root.current.getBoundingClientRect().width));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(root.current);
    return () => observer.disconnect();
  }, [root]);
  return width;
}

/** False while the page rushes past faster than one can see. */
function useCalm() {
  const [calm, setCalm] = useState(true);
  const last = useRef({ y: 0, time: 0, timer: 0 });
  const note = useCallback((y) => {
    const now = performance.now();
    const speed = Math.abs(y - last.current.y) / Math.max(1, now - last.current.time);
    Object.assign(last.current, { y, time: now });
    if (speed < FAST_PX_PER_MS) return;
    setCalm(false);
    clearTimeout(last.current.timer);
    last.current.timer = setTimeout(() => setCalm(true), CALM_AFTER_MS);
  }, []);
  useEffect(() => () => clearTimeout(last.current.timer), []);
  return [calm, note];
}

/** Rows [first, last] to mount; fetches ahead and remembers the place while the window scrolls. */
export function useRowWindow(root, feed, layout, version) {
  const [range, setRange] = useState([0, -1]);
  const [calm, noteSpeed] = useCalm();
  const current = useRef(null);
  current.current = { feed, layout };

  const update = useCallback(() => {
    const { feed, layout } = current.current;
    if (!root.current || !layout) return;
    const height = window.innerHeight;
    const top = -root.current.getBoundingClientRect().top;
    const next = visibleRows(layout, top, top + height, height, BUDGET);
    setRange((old) => (old[0] === next[0] && old[1] === next[1] ? old : next));
    if (layout.height - (top + height) < PREFETCH_SCREENS * height) feed.fetchNext();
  }, [root]);

  useScroll(() => {
    lastScroll = performance.now();
    noteSpeed(window.scrollY);
    update();
    remember(root, current.current);
  });
  useLayoutEffect(() => {
    restore(root, feed, layout);
  }, [root, feed, layout]);
  useLayoutEffect(update, [update, layout, version]);
  return { range, calm, update };
}

function useScroll(handler) {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    let frame = 0;
    const onScroll = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        latest.current();
      });
    };
    window.addEventListener("scroll", onScroll, { passive: true });
    window.addEventListener("resize", onScroll);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("scroll", onScroll);
      window.removeEventListener("resize", onScroll);
    };
  }, []);
}

/** The place is kept as a picture and an offset, so that it survives another window width. */
function remember(root, { feed, layout }) {
  if (!root.current || !layout?.rows.length) return;
  const top = -root.current.getBoundingClientRect().top;
  const row = layout.rows[rowAt(layout, Math.max(0, top))];
  feed.anchor = top > 0 ? { index: row.start, part: (top - row.top) / row.height } : null;
}

function restore(root, feed, layout) {
  if (!layout || !feed.anchor) return;
  const row = layout.rows[rowOfIndex(layout, feed.anchor.index)];
  if (!row) return;
  const origin = root.current.getBoundingClientRect().top + window.scrollY;
  window.scrollTo(0, origin + row.top + feed.anchor.part * row.height);
}

/** Scrolls by as little as makes the row of picture `index` fully visible. */
export function revealRow(root, layout, index) {
  const row = layout.rows[rowOfIndex(layout, index)];
  if (!row) return;
  const top = root.current.getBoundingClientRect().top + row.top;
  const below = top + row.height + 8 - window.innerHeight;
  if (top < HEADER) window.scrollBy(0, top - HEADER);
  else if (below > 0) window.scrollBy(0, Math.min(below, top - HEADER));
}

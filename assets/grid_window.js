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

/**
 * The pictures to mount, from `range[0]` up to but not including `range[1]`, in whole rows; fetches ahead and remembers
 * the place while the window scrolls. `onTop` is called at the top of the page when pictures have not come that far.
 */
export function useRowWindow(root, feed, layout, version, onTop) {
  const [range, setRange] = useState([0, 0]);
  const [calm, noteSpeed] = useCalm();
  const current = useRef(null);
  current.current = { feed, layout };

  const update = useCallback(() => {
    const { feed, layout } = current.current;
    if (!root.current || !layout) return;
    const height = window.innerHeight;
    const top = scrolledTo(root, layout);
    const [first, last] = visibleRows(layout, top, top + height, height, BUDGET);
    // Pictures, not rows: the numbers of those change when others come above them.
    const next = [layout.rows[first]?.start ?? 0, layout.rows[last]?.end ?? 0];
    setRange((old) => (old[0] === next[0] && old[1] === next[1] ? old : next));
    if (layout.height - (top + height) < PREFETCH_SCREENS * height) feed.fetchNext();
    if (top - layout.top < PREFETCH_SCREENS * height) feed.fetchPrevious();
  }, [root]);

  useScroll(() => {
    lastScroll = performance.now();
    noteSpeed(window.scrollY);
    update();
    remember(root, current.current);
    const { runway, top } = current.current.layout;
    // Nobody scrolls through a whole runway faster than it is filled: this was a key, or the scroll bar.
    if (window.scrollY <= 0 && runway + top > window.innerHeight) onTop();
  });
  useLayoutEffect(() => {
    restore(root, feed, layout);
  }, [root, feed, layout]);
  useLayoutEffect(() => {
    if (layout?.shift) window.scrollTo(0, layout.from + layout.shift);
    if (layout) layout.shift = 0;
    update();
  }, [update, layout, version]);
  return { range, calm, update };
}

/** The upper edge of the window in the layout's own pixels. */
const scrolledTo = (root, layout) => -root.current.getBoundingClientRect().top - layout.runway;

/**
 * The picture that says where one is: of the first row below the bar and, the nearer the end of the list, of a row
 * further down, since the last ones never get to the top of the window.
 */
export function pictureInView(root, feed, layout) {
  if (!root.current || !layout.rows.length) return undefined;
  const height = window.innerHeight - HEADER;
  const top = scrolledTo(root, layout) + HEADER;
  const below = Math.max(0, layout.height - top - height);
  const passed = feed.done ? Math.max(0, 1 - below / height) : 0;
  const row = layout.rows[rowAt(layout, top + 8 + passed * height)];
  return feed.at(row.start + Math.floor(passed * (row.end - row.start - 1)));
}

/** Calls `handler` at most once a frame while the window scrolls or changes its size. */
export function useScroll(handler) {
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
  const top = scrolledTo(root, layout);
  const row = layout.rows[rowAt(layout, Math.max(layout.top, top))];
  feed.anchor = top + layout.runway > 0 ? { index: row.start, part: (top - row.top) / row.height } : null;
}

function restore(root, feed, layout) {
  if (!layout || !feed.anchor) return;
  const { index, part, lift = 0 } = feed.anchor;
  const row = layout.rows[rowOfIndex(layout, index)];
  if (!row) return;
  const origin = root.current.getBoundingClientRect().top + window.scrollY + layout.runway;
  const isFirst = lift && feed.before === null && index === feed.first;
  window.scrollTo(0, isFirst ? 0 : Math.max(0, origin + row.top + part * row.height - lift));
  layout.shift = 0;
}

/** Scrolls by as little as makes the row of picture `index` fully visible. */
export function revealRow(root, layout, index) {
  const row = layout.rows[rowOfIndex(layout, index)];
  if (!row) return;
  const top = row.top - scrolledTo(root, layout);
  const below = top + row.height + 8 - window.innerHeight;
  if (top < HEADER) window.scrollBy(0, top - HEADER);
  else if (below > 0) window.scrollBy(0, Math.min(below, top - HEADER));
}

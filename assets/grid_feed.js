/* The feed and the layout that the grid shows, and when they are replaced by others. */

import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { useNavigationType } from "react-router";

import { openFeed } from "./image_feed.js";
import { createLayout, extendLayout } from "./justified.js";
import { prependLayout } from "./justified_above.js";

const DESKTOP_ROW = 240;
const PHONE_ROW = 160;
const PHONE_BELOW = 640;
const BAR = 61;
const RUNWAY = 20000;

/** `{feed, version, stale}` for a place of `usePlace`; while its first page is on its way the old feed, stale. */
export function useFeed(endpoint, place, refresh, removed) {
  const reuse = useNavigationType() === "POP";
  const opened = useRef({});
  const key = JSON.stringify([endpoint, place.key, refresh]);
  if (opened.current.key !== key) {
    const { feed: last, old: shown } = opened.current;
    const again = last !== undefined && opened.current.refresh !== refresh;
    const feed = openFeed(endpoint, place.query, reuse && !again && !place.jumped);
    if (place.start || place.jumped) feed.anchor ??= { index: 0, part: 0, lift: BAR };
    if (place.jumped && !again) feed.continues(last);
    // Until the first page of a new query is here the old pictures stay, dimmed: nothing flashes.
    opened.current = { key, refresh, feed, old: last?.started ? last : shown };
    if (last && !last.started) last.abandon();
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

/** The rows of `feed` at this width, with free room above them as long as earlier pictures may come. */
export function useLayout(feed, width, wished, gap) {
  const target = wished || (width < PHONE_BELOW ? PHONE_ROW : DESKTOP_ROW);
  const epoch = feed.epoch;
  const layout = useMemo(() => {
    if (!width) return null;
    const key = [epoch, width, target, gap].join();
    // Rows that grew in both directions cannot be laid out again as they were: coming back would be to another place.
    if (feed.layout?.key !== key) {
      const empty = createLayout({ width, target, gap, first: feed.first });
      feed.layout = { ...empty, key, feed, runway: feed.before === null ? 0 : RUNWAY, shift: 0 };
    }
    return feed.layout;
  }, [feed, epoch, width, target, gap]);
  if (layout) {
    prependLayout(layout, feed.items, feed.first);
    extendLayout(layout, feed.items, feed.done, feed.first);
    keepRunway(layout, feed);
  }
  return layout;
}

/**
 * Earlier rows take their room from the runway, so that nothing below them has to move and a scroll that is under way
 * is not interrupted, as it would be by setting the place of the page anew. Only when the runway runs out, and when the
 * beginning of the list is reached, the page is set anew by `shift`. It counts `from` where the page is now: without its
 * runway the document may be so short that the browser has scrolled it by the time that it is set.
 */
function keepRunway(layout, feed) {
  const used = -layout.top;
  let runway = layout.runway;
  if (feed.before === null) runway = used;
  else if (runway - used < RUNWAY / 2) runway = used + RUNWAY;
  layout.from = window.scrollY;
  layout.shift += runway - layout.runway;
  layout.runway = runway;
}

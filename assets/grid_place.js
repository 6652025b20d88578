/* Where in time the grid begins, kept in the address: `?start=2024-03`.
 *
 * The address is replaced, never pushed, and the router is not told: jumping is scrolling, not
 * navigation, and neither the pages nor their state have anything to do because of it.
 */

import { useCallback, useRef, useState } from "react";
import { useLocation } from "react-router";

import { forgetFeed, renameFeed } from "./image_feed.js";

const MONTH = /^[0-9]{4}-(0[1-9]|1[0-2])$/;
const NOT_IN_TIME = ["popular", "relevance"];

function parted(search) {
  const parameters = new URLSearchParams(search);
  const start = parameters.get("start");
  parameters.delete("start");
  const usable = MONTH.test(start ?? "") && !NOT_IN_TIME.includes(parameters.get("sort"));
  return { filters: parameters.toString(), start: usable ? start : null };
}

const queryOf = ({ filters, start }) => (start ? `${filters}${filters && "&"}start=${start}` : filters);

const address = () => (typeof window === "undefined" ? "" : window.location.pathname + window.location.search);

/** Replaces the address by that of `place`, and says which it is now. */
function writeAddress(place) {
  const { pathname, hash } = window.location;
  const query = queryOf(place);
  window.history.replaceState(window.history.state, "", `${pathname}${query && "?"}${query}${hash}`);
  return address();
}

/**
 * The place of the grid whose own query is `query`, the address's where that is left out; another `key` wants another
 * feed. `jump(start, feed)` leaves the feed for a month, null is the beginning; `follow(start, feed)` notes that one has
 * scrolled from such a month to another. A place that is not `movable` is what the query says.
 */
export function usePlace(query, movable) {
  const { search, key } = useLocation();
  const [, redraw] = useState(0);
  const held = useRef({});
  const place = held.current;
  const asked = (query ?? search).replace(/^\?/, "");
  if (place.asked !== asked || (place.visit !== key && movable)) {
    const found = movable ? parted(asked) : { filters: asked, start: null };
    const same = place.jumps === 0 && place.start === found.start && place.filters === found.filters;
    const own = same ? place.key : `${key} ${queryOf(found)}`;
    held.current = { ...found, asked, visit: key, jumps: 0, key: own, address: address() };
  }
  const jump = useCallback((start, feed) => {
    if (held.current.address.split("?")[0] !== window.location.pathname) return;
    const jumps = held.current.jumps + 1;
    held.current = { ...held.current, start, jumps, key: `${held.current.visit} jump ${jumps}` };
    forgetFeed(feed);
    held.current.address = writeAddress(held.current);
    redraw(jumps);
  }, []);
  const follow = useCallback((start, feed) => {
    // Another page may be in the address already, while this one is still shown.
    if (!held.current.start || held.current.start === start || held.current.address !== address()) return;
    held.current = { ...held.current, start };
    renameFeed(feed, queryOf(held.current));
    held.current.address = writeAddress(held.current);
  }, []);
  return { ...held.current, query: queryOf(held.current), jumped: held.current.jumps > 0, jump, follow };
}

/* Which pictures are chosen: by checkbox, by shift for a range, by Space; Escape lets go of all. */

import { useCallback, useEffect, useRef, useState } from "react";

/** `{selected: Set of ids, select(index, extend), clear()}`; `onSelect` hears every change. */
export function useSelection(feed, enabled, onSelect) {
  const [selected, setSelected] = useState(() => new Set());
  const from = useRef(null);
  const heard = useRef(onSelect);
  heard.current = onSelect;

  const change = useCallback((next) => {
    setSelected(next);
    heard.current?.([...next]);
  }, []);

  const select = useCallback(
    (index, extend) => {
      const next = new Set(selected);
      const on = !selected.has(feed.at(index)?.id);
      const start = extend ? (from.current ?? index) : index;
      const [low, high] = [Math.min(start, index), Math.max(start, index)];
      for (const card of feed.between(low, high)) {
        if (on || extend) next.add(card.id);
        else next.delete(card.id);
      }
      from.current = index;
      change(next);
    },
    [feed, selected, change],
  );

  const clear = useCallback(() => {
    from.current = null;
    if (selected.size) change(new Set());
  }, [selected, change]);

  useEffect(() => {
    if (!enabled || !selected.size) return undefined;
    const onKey = (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) clear();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [enabled, selected, clear]);

  // What left the grid (restored, deleted) cannot stay chosen, and a list fetched anew begins with nothing chosen.
  const chosenIn = useRef(feed);
  useEffect(() => {
    if (chosenIn.current !== feed) from.current = null;
    const kept = chosenIn.current.list === feed.list ? [...selected].filter((id) => !feed.gone.has(id)) : [];
    chosenIn.current = feed;
    if (kept.length !== selected.size) change(new Set(kept));
  }, [feed, feed.gone.size, selected, change]);

  return { selected, select, clear };
}

/* Which pictures are chosen: by checkbox, by shift for a range, by Space; Escape lets go of all. */

import { useCallback, useEffect, useRef, useState } from "react";

/** `{selected: Set of ids, select(index, extend), clear()}`; `onSelect` hears every change. */
export function useSelection(feed, enabled, onSelect) {
  const [selected, setSelected] = useState(() => new Set());
  const from = useRef(-1);
  const heard = useRef(onSelect);
  heard.current = onSelect;

  const change = useCallback((next) => {
    setSelected(next);
    heard.current?.([...next]);
  }, []);

  const select = useCallback(
    (index, extend) => {
      const next = new Set(selected);
      const on = !selected.has(feed.items[index]?.id);
      const start = extend && from.current >= 0 ? from.current : index;
      const [low, high] = [Math.min(start, index), Math.max(start, index)];
      for (const card of feed.items.slice(low, high + 1)) {
        if (on || extend) next.add(card.id);
        else next.delete(card.id);
      }
      from.current = index;
      change(next);
    },
    [feed, selected, change],
  );

  const clear = useCallback(() => {
    from.current = -1;
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
    const kept = chosenIn.current === feed ? [...selected].filter((id) => feed.ids.has(id)) : [];
    chosenIn.current = feed;
    if (kept.length !== selected.size) change(new Set(kept));
  }, [feed, feed.epoch, selected, change]);

  return { selected, select, clear };
}

/* Suggestions for the search box: asked for as one types, never an older answer over a newer one. */

import { createElement as h, useCallback, useEffect, useRef, useState } from "react";

import { getJson, writeJson } from "./api_client.js";
import { isTooLong } from "./search_draft.js";

const PAUSE_MS = 150;
const LIST = "search-suggestions";
const NONE = { items: [], active: -1 };

const SYMBOLS = {
  recent: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 2",
  tag: "M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 16.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  lens: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8",
  model: "M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8zM19 16v4M17 18h4",
  owner: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
  key: "M7 9h10M7 15h10M10 5L8 19M16 5l-2 14",
  forget: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
};
const KINDS = { recent: "searched before", owner: "person", value: "", forget: "" };

/** Stands last where one's searches are offered; it completes nothing. */
const FORGET = { kind: "forget", term: "", label: "Forget my searches", count: null };

/** What an option says first, and what it says beside: of a key its name comes before what it takes. */
function wordsOf({ kind, term, label }) {
  if (kind === "key") return [term, label];
  return kind === "recent" || kind === "forget" || term === label ? [label, ""] : [label, term];
}

/**
 * `{items, active, ask, move, close, pick}`: `ask(text)` after a pause, `ask(text, true)` at once. Without an answer
 * there are none, nor for a text that is too long; nobody is told, for typing goes on as well without.
 */
export function useSuggestions() {
  const [shown, setShown] = useState(NONE);
  const request = useRef({ timer: 0, controller: null });
  const close = useCallback(() => {
    clearTimeout(request.current.timer);
    request.current.controller?.abort();
    setShown(NONE);
  }, []);
  const ask = useCallback((text, atOnce = false) => {
    if (isTooLong(text)) return close();
    clearTimeout(request.current.timer);
    request.current.timer = setTimeout(async () => {
      request.current.controller?.abort();
      const controller = (request.current.controller = new AbortController());
      let items = [];
      try {
        ({ items } = await getJson(`/api/v1/search/suggestions?q=${encodeURIComponent(text)}`, controller.signal));
      } catch {
        items = [];
      }
      const isOfSearches = !text.trim() && items.some(({ kind }) => kind === "recent");
      if (!controller.signal.aborted) setShown({ items: isOfSearches ? [...items, FORGET] : items, active: -1 });
    }, atOnce ? 0 : PAUSE_MS);
  }, [close]);
  const move = useCallback((step) => {
    setShown(({ items, active }) => {
      // One more place than there are suggestions: the text as it was typed.
      const places = items.length + 1;
      return { items, active: ((active + 1 + step + places) % places) - 1 };
    });
  }, []);
  useEffect(() => close, [close]);
  return { ...shown, isOpen: shown.items.length > 0, ask, move, close };
}

/** Forgets what was searched for. Without the server nothing is forgotten, and it is offered still. */
export async function forgetSearches() {
  try {
    await writeJson("DELETE", "/api/v1/search/recent");
  } catch {
    // The list that is asked for next shows that they are there.
  }
}

/** What the input says about its list. */
export function listAttributes({ isOpen, active }) {
  return {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": isOpen,
    "aria-controls": LIST,
    "aria-activedescendant": isOpen && active >= 0 ? `${LIST}-${active}` : undefined,
  };
}

function Symbol({ kind }) {
  return h(
    "svg",
    { className: "cg-icon", viewBox: "0 0 24 24", width: 18, height: 18, "aria-hidden": true },
    h("path", { d: SYMBOLS[kind] ?? SYMBOLS.key }),
  );
}

function Option({ item, index, active, choose }) {
  const [first, beside] = wordsOf(item);
  const kind = KINDS[item.kind] ?? item.kind;
  return h(
    "li",
    {
      id: `${LIST}-${index}`,
      role: "option",
      className: `cg-suggestion${item.kind === "forget" ? " is-last" : ""}`,
      "aria-selected": active,
      "aria-label": [first, kind, item.kind === "key" && beside, item.count != null && `${item.count} pictures`].filter(Boolean).join(", "),
      ref: (element) => active && element?.scrollIntoView({ block: "nearest" }),
      // The input keeps the focus: a click is no reason to leave it.
      onMouseDown: (event) => event.preventDefault(),
      onClick: () => choose(item),
    },
    h(Symbol, { kind: item.kind }),
    h("span", { className: "cg-suggestion-label" }, first),
    beside && h("span", { className: "cg-suggestion-term" }, beside),
    item.count != null && h("span", { className: "cg-suggestion-count" }, item.count.toLocaleString("en")),
  );
}

/** Always in the document, so that the input can name it. */
export function Suggestions({ items, active, isOpen, choose }) {
  return h(
    "ul",
    { id: LIST, role: "listbox", className: "cg-suggestions", "aria-label": "Suggestions", hidden: !isOpen },
    items.map((item, index) =>
      h(Option, { key: `${item.kind} ${item.term}`, item, index, active: index === active, choose }),
    ),
  );
}

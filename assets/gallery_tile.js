/* One picture of the grid: its place is known at once, the blur fills it, the photograph fades in. */

import { createElement as h, memo, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Link } from "react-router";

import { isScrolling } from "./grid_window.js";
import { aspectOf } from "./justified.js";
import { showThumbhash } from "./thumbhash.js";
import "./tile.css";

const EDGES = [300, 600, 1200];

/** Derivatives by their real width: `thumb_N` says the longest edge, `srcset` wants the width. */
function sources(card) {
  const aspect = card.width / card.height || aspectOf(card);
  const longest = Math.max(card.width, card.height) || Infinity;
  return EDGES.filter((edge) => card.urls?.[`thumb_${edge}`]).map((edge) => {
    const reached = Math.min(edge, longest);
    const width = Math.max(1, Math.round(aspect >= 1 ? reached : reached * aspect));
    return { url: card.urls[`thumb_${edge}`], width };
  });
}

function Placeholder({ hash }) {
  const blur = useRef(null);
  useEffect(() => showThumbhash(blur.current, hash), [hash]);
  return h("span", { ref: blur, className: "cg-tile-blur", "aria-hidden": true });
}

function Photograph({ card, width, eager, onShown, onBroken }) {
  const image = useRef(null);
  const [shown, setShown] = useState(false);
  const [instant, setInstant] = useState(false);
  useLayoutEffect(() => {
    const element = image.current;
    // What the cache holds appears without a fade: scrolling back must not flicker.
    if (element.complete && element.naturalWidth) {
      setInstant(true);
      setShown(true);
    }
    // Leaving the document does not stop a download; letting go of the address does.
    return () => {
      if (!element.complete) element.removeAttribute("srcset");
      if (!element.complete) element.removeAttribute("src");
    };
  }, []);
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(onShown, instant ? 0 : 350);
    return () => clearTimeout(timer);
  }, [shown, instant, onShown]);
  const list = sources(card);
  return h("img", {
    ref: image,
    className: `cg-tile-image${shown ? " is-shown" : ""}${instant ? " is-instant" : ""}`,
    alt: card.title || "Untitled picture",
    sizes: `${width}px`,
    srcSet: list.map((source) => `${source.url} ${source.width}w`).join(", "),
    src: list[list.length - 1].url,
    decoding: "async",
    loading: "eager",
    fetchPriority: eager ? "high" : "auto",
    draggable: false,
    onLoad: () => {
      // A fade is for eyes at rest, and dozens at once make the scrolling stutter.
      setInstant((was) => was || isScrolling());
      setShown(true);
    },
    onError: () => onBroken(card),
  });
}

const LOCK =
  "M5 7V5a3 3 0 0 1 6 0v2h.5A1.5 1.5 0 0 1 13 8.5v4a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 12.5v-4A1.5 1.5 0 0 1 4.5 7H5Zm1.5 0h3V5a1.5 1.5 0 0 0-3 0v2Z";

function Badges({ card }) {
  const hidden = card.visibility === "private" || card.visibility === "unlisted";
  if (!card.animated && !hidden) return null;
  const lock = { viewBox: "0 0 16 16", role: "img", "aria-label": card.visibility };
  return h(
    "span",
    { className: "cg-tile-badges" },
    card.animated && h("span", { key: "gif" }, "GIF"),
    hidden && h("svg", { key: "lock", ...lock }, h("path", { d: LOCK, fill: "currentColor" })),
  );
}

function Checkbox({ card, index, selected, act }) {
  return h("button", {
    type: "button",
    role: "checkbox",
    className: "cg-tile-check",
    "aria-checked": selected,
    "aria-label": `Select ${card.title || "untitled picture"}`,
    tabIndex: -1,
    onClick: (event) => act.select(index, event.shiftKey),
  });
}

/** By what a search found it: `meaning 82 %`; empty for one that is there for no such reason. */
function reasons(card) {
  return (card.why ?? []).map(({ by, score }) => (score == null ? by : `${by} ${Math.round(score * 100)} %`));
}

/** What the badges show is said too, for a label replaces all that is inside the link. */
function spokenName(card) {
  const notes = [card.status, card.visibility, card.animated && "animated"];
  const said = notes.filter((note) => note && note !== "ready" && note !== "public");
  const why = reasons(card);
  if (why.length) said.push(`found by ${why.join(" and ")}`);
  return [card.title || "Untitled picture", ...said].join(", ");
}

const STATUS_TEXT = { processing: "Processing…", failed: "Could not be read" };

function Tile({ card, index, position, place, total, active, calm, eager, selectable, selecting, selected, href, act }) {
  const [settled, setSettled] = useState(false);
  const [wanted, setWanted] = useState(calm);
  // During a fast throw of the page only the blurs are drawn: nobody sees what rushes past.
  if (calm && !wanted) setWanted(true);
  const settle = useRef(() => setSettled(true)).current;
  const pictured = wanted && sources(card).length > 0;
  const state = `${card.status !== "ready" ? ` is-${card.status}` : ""}${selected ? " is-selected" : ""}`;
  const link = {
    to: href,
    className: "cg-tile-link",
    tabIndex: active ? 0 : -1,
    "data-index": index,
    onClick: (event) => act.click(event, index),
    onFocus: () => act.focus(index),
    "aria-label": spokenName(card),
  };
  return h(
    "div",
    {
      role: "listitem",
      className: `cg-tile${state}${settled ? " is-settled" : ""}`,
      "aria-setsize": total,
      "aria-posinset": position,
      style: { ...place, backgroundColor: settled ? undefined : card.dominant_color || undefined },
    },
    h(
      Link,
      link,
      !settled && card.thumbhash && h(Placeholder, { key: "blur", hash: card.thumbhash }),
      pictured &&
        h(Photograph, {
          key: card.urls.thumb_600 || card.urls.thumb_300,
          card,
          width: place.width,
          eager,
          onShown: settle,
          onBroken: act.broken,
        }),
      h("span", { key: "title", className: "cg-tile-title", "aria-hidden": true }, card.title),
      card.why?.length > 0 &&
        h("span", { key: "why", className: "cg-tile-why", "aria-hidden": true }, reasons(card).join(" · ")),
      STATUS_TEXT[card.status] &&
        h("span", { key: "status", className: "cg-tile-status" }, STATUS_TEXT[card.status]),
      h(Badges, { key: "badges", card }),
    ),
    selectable && h(Checkbox, { key: "check", card, index, selected, act }),
    selecting && h("span", { key: "veil", className: "cg-tile-veil", "aria-hidden": true }),
  );
}

/** Compared by its numbers, for `place` is a new object at every scroll step. */
function same(before, after) {
  return Object.keys(after).every((key) =>
    key === "place"
      ? ["left", "top", "width", "height"].every((side) => before.place[side] === after.place[side])
      : before[key] === after[key],
  );
}

export const GalleryTile = memo(Tile, same);

/* What is searched for beside the words, each as a chip that can be taken away. */

import { createElement as h, useEffect, useRef } from "react";

import { Icon } from "./search_parts.js";

function Chip({ label, thumb, remove }) {
  return h(
    "li",
    { className: `cg-find-chip${thumb ? " has-picture" : ""}` },
    thumb && h("img", { src: thumb, alt: "", width: 26, height: 26, draggable: false }),
    h("span", { className: "cg-find-chip-label" }, label),
    h(
      "button",
      { type: "button", "aria-label": `Remove ${label}`, onClick: remove },
      h(Icon, { name: "close", size: 14 }),
    ),
  );
}

/**
 * For the list: what is pressed away takes its focus along, so the next one's button gets it, or the box where none is
 * left; that only of somebody at a keyboard, for on a phone it would open one.
 */
function useFocusKept() {
  const list = useRef(null);
  const pressed = useRef(null);
  useEffect(() => {
    const { button, place, byKey } = pressed.current ?? {};
    if (!button || button.isConnected) return;
    pressed.current = null;
    if (document.activeElement && document.activeElement !== document.body) return;
    const buttons = list.current.querySelectorAll(".cg-find-chip button");
    const next = buttons[Math.min(place, buttons.length - 1)] ?? (byKey && document.getElementById("search"));
    if (next) next.focus({ preventScroll: true });
  });
  const onClickCapture = (event) => {
    const button = event.target.closest("button");
    const place = [...list.current.querySelectorAll(".cg-find-chip button")].indexOf(button);
    // A key's click counts none.
    if (button) pressed.current = { button, place: place < 0 ? Infinity : place, byKey: event.detail === 0 };
  };
  return { ref: list, onClickCapture };
}

/** `expects` keeps the room for chips that the server has not named yet. */
export function Chips({ chips, filters, picture, isLooking, expects, remove, removeFilter, removePicture, removeAll }) {
  const kept = useFocusKept();
  const count = chips.length + filters.length + (picture || isLooking ? 1 : 0);
  return h(
    "ul",
    { ...kept, className: `cg-find-chips${count || expects ? "" : " is-empty"}`, "aria-label": "Searched for" },
    isLooking && h("li", { key: "looking", className: "cg-find-chip is-looking", role: "status" }, "Looking …"),
    picture &&
      h(Chip, {
        key: "picture",
        label: `looks like ${picture.name}`,
        thumb: picture.preview,
        remove: removePicture,
      }),
    chips.map((chip) => h(Chip, { key: chip.term, ...chip, remove: () => remove(chip) })),
    filters.map((chip) => h(Chip, { key: `filter ${chip.label}`, label: chip.label, remove: () => removeFilter(chip) })),
    count > 1 &&
      !isLooking &&
      h(
        "li",
        { key: "all" },
        h("button", { type: "button", className: "cg-find-clear-all", onClick: removeAll }, "Clear all"),
      ),
  );
}

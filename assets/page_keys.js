/* Keys for a page: the control that names a key in `aria-keyshortcuts` is clicked when it is pressed, so what a screen
 * reader announces and what the keyboard does cannot differ. */

import { neighbours } from "./image_feed.js";

const TYPING = "input, textarea, select, [contenteditable]";
const FIELD = "input[type=search], input[type=text]";
const IN_FRONT = "dialog:modal, :popover-open";

/** Clicks the control of the pressed key, or goes into it where one types in it, unless somebody is typing or something lies in front of the page. */
export function pressShortcut(event) {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(TYPING) || document.querySelector(IN_FRONT)) return;
  const control = [...document.querySelectorAll("[aria-keyshortcuts]")].find((element) =>
    element.getAttribute("aria-keyshortcuts").split(" ").includes(event.key),
  );
  if (!control) return;
  event.preventDefault();
  if (control.matches(FIELD)) enter(control);
  else control.click();
}

/** Scrolls only to a field that does not come into sight by having the focus: one may want to stay where one was. */
function enter(field) {
  field.focus({ preventScroll: true });
  const { top, bottom } = field.getBoundingClientRect();
  if (top < 0 || bottom > window.innerHeight) field.scrollIntoView({ block: "center" });
}

/** The address of the picture before or after `id` in the grid it was opened from, else `fallback`. */
export function neighbour(id, side, fallback) {
  const known = neighbours(id);
  return known.previous || known.next ? (known[side] ?? "") : fallback;
}

/** For a link back: goes to where one came from inside the gallery, with its order and its place, else as the link says. */
export function goBack(event) {
  if (!(window.history.state?.idx > 0)) return;
  event.preventDefault();
  window.history.back();
}

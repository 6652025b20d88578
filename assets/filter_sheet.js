/* The panel of filters: a dialog beside the pictures where there is room, a modal one from below on a phone.
 *
 * Whether it is open is known here alone: it opens at once, and what it holds is asked for meanwhile.
 */

import { createElement as h, useEffect, useRef, useSyncExternalStore } from "react";
import { useLocation } from "react-router";

import { useByImage } from "./by_image.js";
import { narrowTo } from "./search_draft.js";

const PHONE = "(max-width: 820px)";

let isOpen = false;
const listeners = new Set();

function open(wanted) {
  isOpen = wanted;
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const useOpen = () => useSyncExternalStore(subscribe, () => isOpen, () => false);

/** Closes the sheet that the clicked button is in. */
export function closeSheet(event) {
  event.currentTarget.closest("dialog")?.close();
}

/** Goes to the search that the clicked button stands for. */
export function chooseFacet(event) {
  narrowTo(event.currentTarget.dataset.conditions);
}

/** The button of the sheet whose id is `sheet`. */
export function SheetButton({ sheet, children, ...props }) {
  const state = { "aria-controls": sheet, "aria-expanded": useOpen(), onClick: () => open(!isOpen) };
  return h("button", { ...props, ...state, type: "button" }, children);
}

/**
 * Gives the form of the sheet a `turn`, and goes where the server says that this one leads: what it said before the page
 * was loaded again leads nowhere.
 */
function useNarrowing(narrowed) {
  const turn = useRef("");
  useEffect(() => {
    if (!turn.current || narrowed?.turn !== turn.current) return;
    turn.current = "";
    narrowTo(narrowed.conditions);
  }, [narrowed]);
  return ({ target }) => {
    target.elements.turn.value = turn.current = `${Date.now()}`;
  };
}

/**
 * `onLook` is sent when it opens, and while it is open at every other search in the address. Its numbers are of all that
 * may be chosen; where one looks with a picture only the nearest are shown, and it keeps them to itself.
 */
export function FilterSheet({ children, onLook, narrowed, className, ...props }) {
  const dialog = useRef(null);
  const shown = useOpen();
  const { search } = useLocation();
  useEffect(() => {
    const sheet = dialog.current;
    // Beside the pictures it is no interruption: the focus stays at the button.
    if (!shown) sheet.close();
    else if (window.matchMedia(PHONE).matches) sheet.showModal();
    else sheet.open = true;
  }, [shown]);
  useEffect(() => {
    if (shown) onLook?.();
  }, [shown, search]);
  useEffect(() => () => open(false), []);
  const isByPicture = Boolean(useByImage());
  const onSubmitCapture = useNarrowing(narrowed);
  const events = {
    onSubmitCapture,
    onClose: () => open(false),
    // A modal dialog hears Escape itself; one that is a part of the page does not.
    onKeyDown: (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || dialog.current.matches(":modal")) return;
      document.querySelector(`[aria-controls="${props.id}"]`)?.focus();
      open(false);
    },
    onClick: (event) => event.target === dialog.current && dialog.current.close(),
  };
  const look = { className: `${className}${isByPicture ? " is-by-picture" : ""}`, ref: dialog };
  return h("dialog", { ...props, ...events, ...look }, h("div", { className: "cg-filters-inside" }, children));
}

/* The search is called to where one is: by its key deep in the list it stands over the pictures for as long as one is in it. */

import { useEffect, useRef } from "react";

const CALLED = "is-called";

const barOf = (input) => input.current?.closest(".cg-find");

/**
 * `{onFocus, leave, dismiss}` for `input`: `leave` goes back to where the focus was, and `dismiss` is for another search,
 * which begins at the top of the page.
 */
export function useCalling(input) {
  const cameFrom = useRef(null);
  useEffect(() => {
    const bar = barOf(input);
    const onFocusOut = ({ relatedTarget }) => !bar.contains(relatedTarget) && bar.classList.remove(CALLED);
    bar?.addEventListener("focusout", onFocusOut);
    return () => bar?.removeEventListener("focusout", onFocusOut);
  }, [input]);
  const onFocus = ({ relatedTarget }) => {
    const bar = barOf(input);
    if (!bar || bar.contains(relatedTarget)) return;
    cameFrom.current = relatedTarget;
    // At once, and not with the next drawing: the browser scrolls to a field that one types in out of sight.
    if (bar.getBoundingClientRect().bottom < 0) bar.classList.add(CALLED);
  };
  const leave = () => {
    const isCalled = barOf(input)?.classList.contains(CALLED);
    if (isCalled && cameFrom.current?.isConnected) cameFrom.current.focus({ preventScroll: true });
    else input.current.blur();
  };
  const dismiss = () => barOf(input)?.classList.remove(CALLED);
  return { onFocus, leave, dismiss };
}

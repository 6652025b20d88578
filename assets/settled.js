/* Keeps back what must not be drawn before it is known who looks. */

import { Children, useLayoutEffect, useRef, useState } from "react";

let wasKnown = false;

/** The first child until `known` has turned true while this page was open, then the second, for good.
 *
 * When a link leads here, `known` is still true from the page before and means what was known there; so only a change
 * counts. And a connection that is lost and found makes it false for a moment, which must not empty a form.
 */
export function Settled({ known, children }) {
  const [waiting, content] = Children.toArray(children);
  const [settled, setSettled] = useState(false);
  const wasUnknown = useRef(!known);
  useLayoutEffect(() => {
    if (!known) wasUnknown.current = true;
    else if (wasUnknown.current) setSettled(true);
  }, [known]);
  return settled ? content : waiting;
}

/** The same for what is on every page: once it was known in this document, it stays and follows what changes. */
export function KnownOnce({ known, children }) {
  const [waiting, content] = Children.toArray(children);
  const [shown, setShown] = useState(wasKnown);
  useLayoutEffect(() => {
    if (known) setShown((wasKnown = true));
  }, [known]);
  return shown ? content : waiting;
}

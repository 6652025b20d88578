/* Blurred placeholders, decoded a few per frame so that a fast scroll never waits for them.
 *
 * They become background images and not canvases: a canvas each is a layer each, and costs the
 * main thread more than the decoding does.
 */

import { thumbHashToDataURL } from "thumbhash";

const FRAME_BUDGET_MS = 4;
const KEPT = 600;

const decoded = new Map();
const waiting = new Map();
let scheduled = false;

/** Shows the base64 thumbhash behind `element`, now or in one of the next frames; returns the way out. */
export function showThumbhash(element, hash) {
  if (decoded.has(hash)) {
    show(element, hash);
    return undefined;
  }
  waiting.set(element, hash);
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(showSome);
  }
  return () => waiting.delete(element);
}

function showSome() {
  const end = performance.now() + FRAME_BUDGET_MS;
  for (const [element, hash] of waiting) {
    waiting.delete(element);
    show(element, hash);
    if (performance.now() > end) break;
  }
  scheduled = waiting.size > 0;
  if (scheduled) requestAnimationFrame(showSome);
}

function show(element, hash) {
  if (!decoded.has(hash)) keep(hash, decode(hash));
  const url = decoded.get(hash);
  if (url) element.style.backgroundImage = `url(${url})`;
}

function keep(hash, url) {
  decoded.set(hash, url);
  if (decoded.size > KEPT) decoded.delete(decoded.keys().next().value);
}

/** A hash the server wrote badly must cost its own blur only, never the page. */
function decode(hash) {
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(hash), (char) => char.charCodeAt(0)));
  } catch {
    return "";
  }
}

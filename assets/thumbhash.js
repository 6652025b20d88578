/* Blurred placeholders, drawn a few per frame so that a fast scroll never waits for them. */

import { thumbHashToRGBA } from "thumbhash";

const FRAME_BUDGET_MS = 4;
const waiting = new Map();
let scheduled = false;

/** Draws the base64 thumbhash into `canvas` in one of the next frames; returns the way out. */
export function drawThumbhash(canvas, hash) {
  waiting.set(canvas, hash);
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(drawSome);
  }
  return () => waiting.delete(canvas);
}

function drawSome() {
  const end = performance.now() + FRAME_BUDGET_MS;
  for (const [canvas, hash] of waiting) {
    waiting.delete(canvas);
    draw(canvas, hash);
    if (performance.now() > end) break;
  }
  scheduled = waiting.size > 0;
  if (scheduled) requestAnimationFrame(drawSome);
}

function draw(canvas, hash) {
  const picture = decoded(hash);
  if (!picture) return;
  canvas.width = picture.w;
  canvas.height = picture.h;
  const pixels = new ImageData(new Uint8ClampedArray(picture.rgba), picture.w, picture.h);
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  canvas.dataset.drawn = "";
}

/** A hash the server wrote badly must cost its own blur only, never the page. */
function decoded(hash) {
  try {
    return thumbHashToRGBA(Uint8Array.from(atob(hash), (char) => char.charCodeAt(0)));
  } catch {
    return null;
  }
}

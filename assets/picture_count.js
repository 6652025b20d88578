/* How many pictures the grid holds, told by the grid and said in the bar above it. */

import { createElement as h, useEffect, useSyncExternalStore } from "react";

let said = "";
const listeners = new Set();

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function say(text) {
  if (text === said) return;
  said = text;
  listeners.forEach((listener) => listener());
}

/** `1,234 pictures`, `about 52,000 pictures`; an empty text while it is not known. Says so where no worker told what the
 * words mean: what they alone find may be less than there is. */
export function countOf({ total, isEstimate, byWordsAlone }) {
  if (total === null || total === undefined) return "";
  const number = total.toLocaleString("en");
  const count = `${isEstimate ? "about " : ""}${number} ${total === 1 ? "picture" : "pictures"}`;
  return byWordsAlone ? `${count}, by their words alone` : count;
}

/** For the grid: keeps the bar told of `text`. */
export function useSaid(text) {
  useEffect(() => say(text), [text]);
  useEffect(() => () => say(""), []);
}

/** For the bar. The grid says the same to screen readers when it changes. */
export function PictureCount() {
  const text = useSyncExternalStore(subscribe, () => said, () => "");
  return h("p", { className: "cg-find-count" }, text);
}

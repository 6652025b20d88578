/* Generations as they are made: each step that the server tells is kept here, and drawn where its generation is shown.
 *
 * The server sends every step once and no list of them, so that what goes over the wire is one preview at a time. */

import { createElement, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";

const KEPT = 40;

const latest = new Map();
const listeners = new Set();

/** Takes what was told; draws nothing. */
export function GenerationNews({ told }) {
  useLayoutEffect(() => {
    for (const news of told ?? []) keep(news);
    for (const listener of listeners) listener();
  }, [told]);
  return null;
}

/** Once somebody asked for it: brings it into view where it stands below the form, as on a phone. Draws nothing. */
export function GenerationAsked({ job }) {
  const before = useRef(job);
  useEffect(() => {
    if (before.current === job) return;
    before.current = job;
    if (!matchMedia("(max-width: 900px)").matches) return;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    document.getElementById(`generation-${job}`)?.scrollIntoView({ behavior, block: "nearest" });
  }, [job]);
  return null;
}

/** Whatever is older than what is known came twice, as after a lost connection. A step without a preview keeps the last. */
function keep(news) {
  const known = latest.get(news.job);
  if (known && !isAfter(news.event, known.event)) return;
  latest.delete(news.job);
  latest.set(news.job, { ...news, preview: news.preview || known?.preview || "" });
  if (latest.size > KEPT) latest.delete(latest.keys().next().value);
}

/** Event ids are those of a Redis stream: `milliseconds-number`. */
function isAfter(event, other) {
  const [moment, number] = event.split("-").map(Number);
  const [otherMoment, otherNumber] = other.split("-").map(Number);
  return moment > otherMoment || (moment === otherMoment && number > otherNumber);
}

function useLatest(job, status) {
  // A generation that is tried again begins anew: nothing of the try before may be shown.
  useEffect(() => {
    if (status === "queued") latest.delete(job);
  }, [job, status]);
  const known = useSyncExternalStore(listen, () => latest.get(job), () => undefined);
  return status === "queued" ? undefined : known;
}

function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The picture as it forms, over the place that it will have. */
export function GenerationPreview({ job, status, label }) {
  const known = useLatest(job, status);
  if (!known?.preview) return null;
  return createElement("img", { src: known.preview, alt: label, className: "cg-preview", decoding: "sync" });
}

/** How far it is: a bar, and the same in words. `step`, `steps` and `text` are what its row says. */
export function GenerationProgress({ job, status, step = 0, steps = 0, text = "", label }) {
  const known = useLatest(job, status);
  const told = known && known.step >= step ? known : { step, steps, text };
  const share = told.steps > 0 ? Math.min(1, told.step / told.steps) : 0;
  const bar = {
    role: "progressbar",
    className: "cg-bar",
    "aria-label": label,
    "aria-valuemin": 0,
    "aria-valuemax": told.steps || 1,
    "aria-valuenow": told.step,
    "aria-valuetext": told.text,
  };
  const done = createElement("i", { style: { transform: `scaleX(${share})` } });
  return createElement(
    "div",
    { className: "cg-progress" },
    createElement("div", bar, done),
    createElement("p", null, told.text),
  );
}

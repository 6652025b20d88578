/* The months of the gallery beside the grid: a slider that shows where one is, and jumps anywhere. */

import { createElement as h, memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import { useScroll } from "./grid_window.js";
import { useAim } from "./timeline_aim.js";
import { momentOf, useMonths } from "./timeline_months.js";
import { countText, createScale, monthAt, monthName, pixelOf, placeOf, ticks, yearLabels } from "./timeline_scale.js";
import "./timeline.css";

// How near to the middle of the handle a number would be hidden by half.
const LINE = 11;
const THUMB = 34;
const AWAKE_MS = 2000;
const AT_REST_MS = 400;

function useHeight(element) {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setHeight(element.current.clientHeight));
    setHeight(element.current.clientHeight);
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return height;
}

/** The place of what one sees, `{index, part}`; `hold(place)` keeps another one until the grid is scrolled from it. */
function usePlaceInView({ months, feed, stale, inView, place }) {
  const [at, setAt] = useState({ index: 0, part: 0 });
  const held = useRef(null);
  const timer = useRef(0);
  const look = () => {
    const card = stale ? undefined : inView.current();
    if (!card) return undefined;
    // A month near the end may never reach the top of the window: it is where one is all the same.
    if (held.current && (held.current.id ?? card.id) === card.id) {
      held.current.id = card.id;
      return undefined;
    }
    held.current = null;
    const found = placeOf(months, momentOf(card, feed.order));
    if (found) setAt((old) => (old.index === found.index && old.part === found.part ? old : found));
    return found && { ...found, isFirst: feed.before === null && card === feed.at(feed.first) };
  };
  const atRest = useRef(null);
  atRest.current = () => {
    const found = look();
    if (found) place.follow(found.isFirst ? null : months[found.index].month, feed);
  };
  useScroll(() => {
    look();
    clearTimeout(timer.current);
    timer.current = setTimeout(() => atRest.current(), AT_REST_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => void look(), [months, feed, stale]);
  const hold = useCallback((found) => {
    held.current = {};
    setAt(found);
  }, []);
  return [at, hold];
}

/** True for a while after the page was scrolled: where there is no room for a rail, it comes only then. */
function useAwake() {
  const [awake, setAwake] = useState(false);
  const timer = useRef(0);
  useScroll(() => {
    setAwake(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAwake(false), AWAKE_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return awake;
}

const Marks = memo(function Marks({ scale, labels, covered }) {
  const lines = ticks(scale, labels).map((top) => `M0 ${Math.round(top) + 0.5}h5`);
  const className = (year) => `cg-timeline-year${year === covered ? " is-covered" : ""}`;
  return [
    h("svg", { key: "ticks", className: "cg-timeline-ticks" }, h("path", { d: lines.join("") })),
    ...labels.map(({ year, top }) => h("span", { key: year, className: className(year), style: { top } }, year)),
  ];
});

const CHEVRONS = "M7 10.5 12 5.5l5 5M7 13.5l5 5 5-5";

function Handle({ top }) {
  return h(
    "span",
    { className: "cg-timeline-handle", style: { transform: `translateY(${top}px)` } },
    h("svg", { viewBox: "0 0 24 24" }, h("path", { d: CHEVRONS })),
  );
}

function Rail({ months, feed, stale, place, inView }) {
  const rail = useRef(null);
  const height = useHeight(rail);
  const scale = useMemo(() => createScale(months, height), [months, height]);
  const labels = useMemo(() => yearLabels(months, scale), [months, scale]);
  const [at, hold] = usePlaceInView({ months, feed, stale, inView, place });
  const [pointed, setPointed] = useState(0);
  const onAim = (index, y) => {
    hold({ index, part: 0 });
    setPointed(y);
  };
  const jump = (index) => place.jump(index ? months[index].month : null, feed);
  const { listeners, dragging, hovered } = useAim({ rail, months, scale, at, onAim, jump });
  const awake = useAwake();
  const hidden = dragging && dragging !== "mouse" ? THUMB : LINE;
  const top = dragging ? pointed : pixelOf(scale, at.index, at.part);
  const told = !dragging && hovered !== null ? { index: monthAt(scale, hovered), top: hovered } : { index: at.index, top };
  const slider = {
    ref: rail,
    role: "slider",
    tabIndex: 0,
    className: `cg-timeline${dragging ? " is-dragging" : ""}${awake || dragging ? " is-awake" : ""}`,
    "aria-label": "Jump to a month",
    "aria-orientation": "vertical",
    "aria-valuemin": 0,
    "aria-valuemax": months.length - 1,
    "aria-valuenow": at.index,
    "aria-valuetext": `${monthName(months[at.index].month)}, ${countText(months[at.index])}`,
    ...listeners,
  };
  const { month, ...count } = months[told.index];
  const bubble = {
    className: `cg-timeline-bubble${hovered !== null || dragging ? " is-shown" : ""}`,
    style: { transform: `translateY(${told.top}px) translateY(-50%)` },
  };
  return h(
    "div",
    slider,
    h(Marks, { scale, labels, covered: labels.find((label) => Math.abs(top - label.top - 7) < hidden)?.year }),
    hovered !== null && !dragging && h("span", { className: "cg-timeline-aim", style: { transform: `translateY(${hovered}px)` } }),
    h(Handle, { top }),
    h("span", bubble, `${monthName(month)} · ${countText(count)}`),
  );
}

/** The rail of `feed`; nothing where one cannot jump in time, or need not. */
export function Timeline({ endpoint, place, feed, stale, inView, refresh }) {
  const months = useMonths(endpoint, place.filters, feed, refresh);
  return months && h(Rail, { months, feed, stale, place, inView });
}

/* Aiming at a month with the pointer or the keys; the place that one rests at is jumped to, no other. */

import { useCallback, useEffect, useRef, useState } from "react";

import { monthAt, pixelOf, yearAway } from "./timeline_scale.js";

const REST_MS = 160;

const KEYS = {
  ArrowDown: (months, index) => index + 1,
  ArrowRight: (months, index) => index + 1,
  ArrowUp: (months, index) => index - 1,
  ArrowLeft: (months, index) => index - 1,
  PageDown: (months, index) => yearAway(months, index, 1),
  PageUp: (months, index) => yearAway(months, index, -1),
  Home: () => 0,
  End: (months) => months.length - 1,
};

/** `aim(index)` waits until nothing else is aimed at, `aim(index, true)` does not; then `jump(index)` is called. */
function useRest(jump) {
  const latest = useRef(jump);
  latest.current = jump;
  const waiting = useRef({ timer: 0, index: null });
  useEffect(() => () => clearTimeout(waiting.current.timer), []);
  return useCallback((index, now = false) => {
    const { timer, index: before } = waiting.current;
    const send = () => {
      Object.assign(waiting.current, { timer: 0 });
      latest.current(index);
    };
    clearTimeout(timer);
    waiting.current.index = index;
    // Letting go where one has rested already asks for nothing new.
    if (!now) waiting.current.timer = setTimeout(send, REST_MS);
    else if (timer || before !== index) send();
  }, []);
}

/**
 * `{listeners, dragging, hovered}`: what the rail listens to, "mouse", "touch" or "pen" while it is dragged, and the
 * pixel under a pointer that is not. `onAim(index, y)` hears every month on the way, `jump(index)` the last one.
 */
export function useAim({ rail, months, scale, at, onAim, jump }) {
  const [dragging, setDragging] = useState("");
  const [hovered, setHovered] = useState(null);
  const grip = useRef(null);
  const rest = useRest(jump);

  const pixel = (event) => {
    const y = event.clientY - rail.current.getBoundingClientRect().top - (grip.current?.offset ?? 0);
    return Math.min(scale.height, Math.max(0, y));
  };
  const aim = (event) => {
    const y = pixel(event);
    const index = monthAt(scale, y);
    onAim(index, y);
    rest(index);
  };
  const onPointerDown = (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    rail.current.focus({ preventScroll: true, focusVisible: false });
    rail.current.setPointerCapture(event.pointerId);
    const byThumb = event.pointerType !== "mouse";
    grip.current = { y: event.clientY, moved: !byThumb, offset: 0 };
    // A thumb takes the handle where it is; a mouse points at the month.
    if (byThumb) grip.current.offset = pixel(event) - pixelOf(scale, at.index, at.part);
    setDragging(event.pointerType);
    if (!byThumb) aim(event);
  };
  const onPointerMove = (event) => {
    if (!grip.current) {
      if (event.pointerType === "mouse") setHovered(pixel(event));
      return;
    }
    grip.current.moved ||= Math.abs(event.clientY - grip.current.y) > 3;
    if (grip.current.moved) aim(event);
  };
  const end = (event) => {
    if (!grip.current) return;
    if (grip.current.moved && event.type === "pointerup") rest(monthAt(scale, pixel(event)), true);
    grip.current = null;
    // A mouse stays where it let go, and says nothing more until it moves.
    if (event.pointerType === "mouse") setHovered(pixel(event));
    setDragging("");
  };
  const onKeyDown = (event) => {
    const next = KEYS[event.key]?.(months, at.index);
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = Math.min(months.length - 1, Math.max(0, next));
    onAim(index, pixelOf(scale, index, 0));
    rest(index);
  };
  const listeners = {
    onPointerDown,
    onPointerMove,
    onPointerUp: end,
    onPointerCancel: end,
    onPointerLeave: () => setHovered(null),
    onKeyDown,
  };
  return { listeners, dragging, hovered };
}

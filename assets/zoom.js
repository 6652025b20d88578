/* The zoom is a checkbox and CSS; what CSS cannot do is begin in the middle of the picture. */

/** Shows the middle of the picture when it has just been enlarged. */
export function beginInTheMiddle(event) {
  const frame = event.currentTarget.closest(".cg-stage")?.querySelector(".cg-frame");
  if (!frame || !event.currentTarget.checked) return;
  requestAnimationFrame(() =>
    frame.scrollTo((frame.scrollWidth - frame.clientWidth) / 2, (frame.scrollHeight - frame.clientHeight) / 2),
  );
}

/* A picture over the one that it was made from: the slider says how much of it is seen. */

/** For a range of 0 to 100 within the frame that holds both pictures. */
export function showPart(event) {
  event.currentTarget.parentElement.style.setProperty("--cg-part", `${event.currentTarget.value}%`);
}

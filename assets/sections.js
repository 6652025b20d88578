/* Links to a part of a page that is drawn only once it is known who looks. */

/** The `ref` of what holds the parts: goes to the one that the address names, which was not there for the browser. */
export function showNamedSection(element) {
  const name = element && window.location.hash.slice(1);
  if (name) document.getElementById(name)?.scrollIntoView();
}

/** The `ref` of what a person came for: it is in the middle of the window from the moment it is drawn. */
export function bringIntoView(element) {
  element?.scrollIntoView({ block: "center" });
}

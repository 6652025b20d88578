/* The small parts of the search box. */

import { createElement as h, useRef } from "react";

const PATHS = {
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 16.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  close: "M6 6l12 12M18 6L6 18",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.6 9.3a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.9M12 16.8h.01",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5",
};

/** Decoration: the control that holds it carries the words. */
export function Icon({ name, size = 20 }) {
  return h(
    "svg",
    { className: "cg-icon", viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": true, focusable: false },
    h("path", { d: PATHS[name] }),
  );
}

/** Empties the field; in sight only while there is something in it (in search.css). */
export function Clear({ clear }) {
  return h(
    "button",
    { type: "button", className: "cg-find-tool cg-find-clear", "aria-label": "Empty the search", onClick: clear },
    h(Icon, { name: "close", size: 18 }),
  );
}

/** The search by a picture, and the help. */
export function Tools({ help, look, isLooking }) {
  const file = useRef(null);
  const choose = (event) => {
    const [chosen] = event.target.files;
    // The same file may be chosen once more.
    event.target.value = "";
    if (chosen) look(chosen);
  };
  return [
    h("input", { key: "file", ref: file, type: "file", accept: "image/*", hidden: true, onChange: choose }),
    h(
      "button",
      {
        key: "picture",
        type: "button",
        className: "cg-find-tool",
        "aria-label": "Search by a picture",
        title: "Search by a picture: choose, drop or paste one",
        "aria-busy": isLooking,
        onClick: () => file.current.click(),
      },
      h(Icon, { name: "camera" }),
    ),
    h(
      "button",
      {
        key: "help",
        type: "button",
        className: "cg-find-tool",
        "aria-label": "How to search",
        "aria-keyshortcuts": "?",
        title: "How to search",
        popoverTarget: help,
      },
      h(Icon, { name: "help" }),
    ),
  ];
}

/**
 * Why the text cannot be searched for, and where in it, of which `wrong` says no more than there is room for; also why
 * a picture could not be. `isAlone` where there are no chips and no pictures whose place it can take.
 */
export function Reason({ reason, wrong, isAlone }) {
  const isBrief = isAlone && wrong?.token;
  return h(
    "div",
    { id: "search-reason", className: `cg-find-reason${isBrief ? " is-brief" : ""}`, role: "alert" },
    reason && h("p", null, reason),
    reason &&
      wrong?.token &&
      h("p", { className: "cg-find-wrong" }, wrong.before, h("mark", null, wrong.token), wrong.after),
  );
}

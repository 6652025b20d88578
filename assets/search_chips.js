/* What is searched for beside the words, each as a chip that can be taken away. */

import { createElement as h } from "react";

import { Icon } from "./search_parts.js";

function Chip({ label, thumb, remove }) {
  return h(
    "li",
    { className: `cg-find-chip${thumb ? " has-picture" : ""}` },
    thumb && h("img", { src: thumb, alt: "", width: 26, height: 26 }),
    h("span", { className: "cg-find-chip-label" }, label),
    h(
      "button",
      { type: "button", "aria-label": `Remove ${label}`, onClick: remove },
      h(Icon, { name: "close", size: 14 }),
    ),
  );
}

/** `expects` keeps the room for chips that the server has not named yet. */
export function Chips({ chips, picture, isLooking, expects, remove, removePicture, removeAll }) {
  const count = chips.length + (picture || isLooking ? 1 : 0);
  return h(
    "ul",
    { className: `cg-find-chips${count || expects ? "" : " is-empty"}`, "aria-label": "Searched for" },
    isLooking && h("li", { key: "looking", className: "cg-find-chip is-looking", role: "status" }, "Looking …"),
    picture &&
      h(Chip, {
        key: "picture",
        label: `looks like ${picture.name}`,
        thumb: picture.preview,
        remove: removePicture,
      }),
    chips.map((chip) => h(Chip, { key: chip.term, ...chip, remove: () => remove(chip) })),
    count > 1 &&
      !isLooking &&
      h(
        "li",
        { key: "all" },
        h("button", { type: "button", className: "cg-find-clear-all", onClick: removeAll }, "Clear all"),
      ),
  );
}

/* The orders of the pictures; what is found by a picture has one alone. */

import { createElement as h } from "react";

import { useByImage } from "./by_image.js";

export function SearchOrders({ children, ...props }) {
  const nearest = h("span", { "aria-current": "true" }, "Nearest first");
  return h("nav", props, useByImage() ? nearest : children);
}

/* What stands in place of the pictures where a search finds none. */

import { createElement as h, useEffect } from "react";

/** `onLook` is sent for each search `of` that it stands for: from one to the next, as by Back, it is the same element. */
export function NothingFound({ of, onLook, children, ...props }) {
  useEffect(() => {
    onLook?.();
  }, [of]);
  return h("section", props, children);
}

/* A field that the server may fill in, but never over what somebody has typed meanwhile. */

import { createElement, useEffect, useRef } from "react";

/** An input that is filled with `kept` and takes the focus while `wanted`; both may come long after it was drawn. */
export function KeptInput({ kept = "", wanted = false, ...props }) {
  const field = useRef(null);
  useEffect(() => {
    if (kept && !field.current.value) field.current.value = kept;
  }, [kept]);
  useEffect(() => {
    if (wanted) field.current.focus();
  }, [wanted]);
  return createElement("input", { ...props, ref: field });
}

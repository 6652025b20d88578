/* What the grid shows where there are no pictures yet: bars that wait, or why there are none. */

import { createElement as h } from "react";

const ROWS = [
  [1.5, 0.75, 1.3, 1.8, 1],
  [1, 1.6, 1.5, 0.7],
  [1.8, 1.2, 0.8, 1.5, 1.3],
  [0.7, 1.5, 1.4, 1.6],
];

export function Skeleton() {
  return h(
    "div",
    { className: "cg-grid-skeleton", "aria-hidden": true },
    ROWS.map((row, i) =>
      h("div", { key: i }, row.map((grow, j) => h("span", { key: j, style: { flexGrow: grow } }))),
    ),
  );
}

export function Failure({ error, retry }) {
  return h(
    "div",
    { className: "cg-grid-failure", role: "alert" },
    h("span", null, error.message),
    h("button", { type: "button", onClick: retry }, "Try again"),
  );
}

/** A screenful of places to come above the first row, while there are earlier pictures. */
export function Head({ feed, layout }) {
  const free = layout.runway + layout.top - layout.gap;
  if (!layout.rows.length || free <= 0) return null;
  const style = { top: Math.max(0, free - window.innerHeight), height: Math.min(free, window.innerHeight) };
  const failed = feed.errorBefore && h(Failure, { error: feed.errorBefore, retry: () => feed.retryBefore() });
  return h("div", { className: `cg-grid-head${failed ? " is-failed" : ""}`, style }, failed || h(Skeleton));
}

/** Whether what the query asks for was refused: the page says why elsewhere, and trying again would not help. */
export function isRefusedSearch({ error, query }) {
  const asked = new URLSearchParams(query);
  if (error?.status === 404) return asked.has("q");
  return Boolean(error?.fields?.some((field) => asked.has(field.split(".")[0])));
}

export function NothingAlike() {
  return h("p", { className: "cg-grid-empty" }, "No picture here looks like it.");
}

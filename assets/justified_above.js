/* Justified rows above those that are there already, for a list that began in the middle. */

import { aspectOf, rowHeight, rowOf } from "./justified.js";

const HIGHEST = 2.2;
const LOWEST = 0.4;

/**
 * Lays out those of `cards` that come before the first picture of `layout`, changing it; `first` is the index of
 * `cards[0]`. Nothing that has a place moves, and all the new rows are full: how a whole page is best cut into rows
 * can be chosen, since nobody has seen it yet.
 */
export function prependLayout(layout, cards, first) {
  const count = layout.first - first;
  if (count <= 0) return layout;
  // Without a row yet there is none to keep a gap to; the first one that follows has its top at 0.
  if (!layout.rows.length) layout.height = -layout.gap;
  const aspects = cards.slice(0, count).map(aspectOf);
  const rows = cutsOf(layout, aspects).map(([start, end]) => {
    const row = aspects.slice(start, end);
    return { start: first + start, end: first + end, ...rowOf(layout, row, sumOf(row), HIGHEST * layout.target) };
  });
  let top = layout.top - rows.reduce((all, row) => all + row.height + layout.gap, 0);
  layout.top = top;
  for (const row of rows) {
    row.top = top;
    top += row.height + layout.gap;
  }
  layout.rows.unshift(...rows);
  layout.first = first;
  return layout;
}

const sumOf = (aspects) => aspects.reduce((all, aspect) => all + aspect, 0);

/** [start, end) of each row, such that all are together nearest to the target height. */
function cutsOf(layout, aspects) {
  const best = [{ cost: 0, start: 0 }];
  for (let end = 1; end <= aspects.length; end += 1) {
    best[end] = { cost: Infinity, start: end - 1 };
    for (let start = end - 1, sum = 0; start >= 0; start -= 1) {
      sum += aspects[start];
      const height = rowHeight(layout, end - start, sum) / layout.target;
      if (height < LOWEST && start < end - 1) break;
      const cost = best[start].cost + Math.log(Math.max(height, 0.01)) ** 2;
      if (cost < best[end].cost) best[end] = { cost, start };
    }
  }
  const cuts = [];
  for (let end = aspects.length; end > 0; end = best[end].start) cuts.unshift([best[end].start, end]);
  return cuts;
}

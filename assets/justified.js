/* Justified rows: pictures of one row share a height and fill the width exactly.
 *
 * The layout only ever grows at its ends: a row that is not yet full is held back while more
 * pictures may come, because laying it out twice would move pictures the viewer already sees.
 * A list that began in the middle grows upwards too (justified_above.js): its earlier pictures
 * have negative indices and their rows negative tops, so that nothing there is gets another number.
 */

const MIN_ASPECT = 0.3;
const MAX_ASPECT = 6;
const FALLBACK_ASPECT = 1.5;

/** Width over height, kept within what a row can show: a 40:1 panorama is cropped, not a hairline. */
export function aspectOf(card) {
  const aspect = card.width / card.height;
  if (!Number.isFinite(aspect) || aspect <= 0) return FALLBACK_ASPECT;
  return Math.min(MAX_ASPECT, Math.max(MIN_ASPECT, aspect));
}

/**
 * An empty layout, from the picture of index `first` on. `width`, `target` (row height) and `gap` are CSS pixels.
 * Pictures `first` (inclusive) to `placed` (exclusive) have a place; rows reach from `top` to `height`.
 */
export function createLayout({ width, target, gap, first = 0 }) {
  return { width, target, gap, rows: [], first, placed: first, top: 0, height: 0 };
}

/**
 * Lays out `cards`, whose first one has the index `first`, from the first one not yet placed, changing `layout`.
 * Pass `done` when no more cards will follow: the last row is then placed too, unstretched.
 * Each row is {top, height, start, end, lefts, widths}; `end` is exclusive.
 */
export function extendLayout(layout, cards, done, first = 0) {
  let aspects = [];
  let sum = 0;
  for (let i = layout.placed - first; i < cards.length; i += 1) {
    const aspect = aspectOf(cards[i]);
    const split = closesBefore(layout, aspects.length, sum, aspect);
    if (split) {
      pushRow(layout, aspects, sum);
      aspects = [];
      sum = 0;
    }
    aspects.push(aspect);
    sum += aspect;
    if (rowHeight(layout, aspects.length, sum) <= layout.target) {
      pushRow(layout, aspects, sum);
      aspects = [];
      sum = 0;
    }
  }
  if (done && aspects.length) pushRow(layout, aspects, sum, layout.target);
  return layout;
}

/** The height of a row of `count` pictures that fills the width; `sum` is that of their aspects. */
export function rowHeight(layout, count, sum) {
  return (layout.width - (count - 1) * layout.gap) / sum;
}

/** True when the row is nearer to its target height without the next picture than with it. */
function closesBefore(layout, count, sum, aspect) {
  if (!count) return false;
  const without = rowHeight(layout, count, sum);
  const withNext = rowHeight(layout, count + 1, sum + aspect);
  if (withNext > layout.target) return false;
  return without / layout.target < layout.target / withNext && without <= 1.5 * layout.target;
}

function pushRow(layout, aspects, sum, ceiling = Infinity) {
  const top = layout.rows.length ? layout.height + layout.gap : 0;
  const start = layout.placed;
  const end = start + aspects.length;
  const row = rowOf(layout, aspects, sum, ceiling);
  layout.rows.push({ top, start, end, ...row });
  layout.placed = end;
  layout.height = top + row.height;
}

/** {height, lefts, widths} of a row; one that would be higher than `ceiling` is that high, and not stretched. */
export function rowOf(layout, aspects, sum, ceiling) {
  const count = aspects.length;
  const full = rowHeight(layout, count, sum);
  const height = Math.round(Math.min(full, ceiling));
  const stretched = full <= ceiling;
  const scale = stretched ? (layout.width - (count - 1) * layout.gap) / sum : height;
  const lefts = [];
  const widths = [];
  let exact = 0;
  for (let i = 0; i < count; i += 1) {
    const left = Math.round(exact) + i * layout.gap;
    exact += aspects[i] * scale;
    lefts.push(left);
    widths.push(Math.max(1, Math.round(exact) + i * layout.gap - left));
  }
  return { height, lefts, widths };
}

/** The first row whose bottom lies below `y`; the last row when all lie above. */
export function rowAt(layout, y) {
  let low = 0;
  let high = layout.rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layout.rows[middle].top + layout.rows[middle].height < y) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low);
}

/** The row that holds picture `index`, or -1 while it is not placed. */
export function rowOfIndex(layout, index) {
  if (!(index >= layout.first && index < layout.placed)) return -1;
  let low = 0;
  let high = layout.rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layout.rows[middle].end <= index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Rows [first, last] to keep in the document for the view [top, bottom] in layout pixels:
 * the visible ones always, then neighbours below and above while at most `budget` pictures
 * are mounted and the rows are within `margin` pixels of the view.
 */
export function visibleRows(layout, top, bottom, margin, budget) {
  if (!layout.rows.length) return [0, -1];
  let first = rowAt(layout, top);
  let last = rowAt(layout, bottom);
  let count = layout.rows[last].end - layout.rows[first].start;
  const sizeOf = (row) => row.end - row.start;
  for (let grew = true; grew; ) {
    grew = false;
    const below = layout.rows[last + 1];
    if (below && below.top < bottom + margin && count + sizeOf(below) <= budget) {
      last += 1;
      count += sizeOf(below);
      grew = true;
    }
    const above = layout.rows[first - 1];
    if (above && above.top + above.height > top - margin && count + sizeOf(above) <= budget) {
      first -= 1;
      count += sizeOf(above);
      grew = true;
    }
  }
  return [first, last];
}

/** The picture one arrow key away from `index`; `index` itself at an edge. */
export function neighbourIndex(layout, index, key) {
  const row = rowOfIndex(layout, index);
  if (row < 0) return layout.first;
  if (key === "ArrowLeft") return Math.max(layout.first, index - 1);
  if (key === "ArrowRight") return Math.min(layout.placed - 1, index + 1);
  if (key === "Home") return layout.first;
  if (key === "End") return layout.placed - 1;
  const target = layout.rows[row + (key === "ArrowDown" ? 1 : -1)];
  if (!target) return index;
  const here = layout.rows[row];
  const slot = index - here.start;
  const centre = here.lefts[slot] + here.widths[slot] / 2;
  return target.start + nearestSlot(target, centre);
}

function nearestSlot(row, centre) {
  let best = 0;
  let distance = Infinity;
  row.lefts.forEach((left, slot) => {
    const away = Math.abs(left + row.widths[slot] / 2 - centre);
    if (away < distance) [best, distance] = [slot, away];
  });
  return best;
}

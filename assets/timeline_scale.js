/* Where each month lies on the rail: as high as it has pictures, but never too low to be hit. */

const LEAST = 7;
const LEAST_SHARE = 0.6;
const BETWEEN_LABELS = 22;
const BETWEEN_TICKS = 4;

/** `tops[i]` is the upper edge of month `i`, in pixels of a rail that is `height` high; the last one is that height. */
export function createScale(months, height) {
  const all = months.reduce((sum, { count }) => sum + count, 0) || 1;
  const least = Math.min(LEAST, (height * LEAST_SHARE) / months.length);
  const shared = height - least * months.length;
  const tops = [0];
  for (const { count } of months) tops.push(tops[tops.length - 1] + least + (shared * count) / all);
  return { tops, height };
}

/** The month under `y`. */
export function monthAt({ tops }, y) {
  let low = 0;
  let high = tops.length - 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tops[middle + 1] <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The pixel of a place in month `index`; `part` of it (0 to 1) lies above. */
export const pixelOf = ({ tops }, index, part) => tops[index] + part * (tops[index + 1] - tops[index]);

/** [{year, top}] of the years that have room for their number; of two that have not, the longer one has it. */
export function yearLabels(months, { tops, height }) {
  const years = [];
  months.forEach(({ month }, index) => {
    const year = month.slice(0, 4);
    if (years[years.length - 1]?.year !== year) years.push({ year, top: tops[index] });
    years[years.length - 1].end = tops[index + 1];
  });
  const labels = [];
  for (const one of years) {
    const last = labels[labels.length - 1];
    if (one.top > height - BETWEEN_LABELS / 2 && last) continue;
    if (!last || one.top - last.top >= BETWEEN_LABELS) labels.push(one);
    else if (one.end - one.top > last.end - last.top) labels[labels.length - 1] = one;
  }
  return labels;
}

/** The upper edges of the months that are neither under a label nor too near to each other. */
export function ticks({ tops }, labels) {
  const free = (top) => labels.every((label) => top < label.top - BETWEEN_TICKS || top > label.top + BETWEEN_LABELS / 1.4);
  const found = [];
  for (const top of tops.slice(0, -1)) {
    if (free(top) && !(top - found[found.length - 1] < BETWEEN_TICKS)) found.push(top);
  }
  return found;
}

const number = (month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;

/** The month a year further along the list (`way` 1) or back (-1), or the nearest one that has pictures beyond. */
export function yearAway(months, index, way) {
  const forward = Math.sign(number(months[months.length - 1].month) - number(months[0].month));
  const wanted = number(months[index].month) + 12 * way * forward;
  for (let at = index + way; months[at]; at += way) {
    if ((number(months[at].month) - wanted) * way * forward >= 0) return at;
  }
  return way > 0 ? months.length - 1 : 0;
}

/** Where a picture of this moment lies: `{index, part}`, null when its month is not on the rail. */
export function placeOf(months, moment) {
  const month = moment?.slice(0, 7);
  const index = months.findIndex((one) => one.month === month);
  if (index < 0) return null;
  const passed = Math.min(1, (Number(moment.slice(8, 10)) - 1 + Number(moment.slice(11, 13)) / 24) / 31);
  return { index, part: months[0].month > months[months.length - 1].month ? 1 - passed : passed };
}

const NAMES = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

export const monthName = (month) => NAMES.format(new Date(`${month}-15T00:00:00Z`));

/** "1,234 pictures", with what is estimated said to be. */
export function countText({ count, is_estimate: estimated }) {
  return `${estimated ? "about " : ""}${count.toLocaleString("en")} ${count === 1 ? "picture" : "pictures"}`;
}

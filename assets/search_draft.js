/* The text of the search box and the address that it becomes. */

const LONGEST = 2000;
// Twelve characters for each of the text, and its filters; servers take twice as much, and no proxy more than they do.
const LONGEST_ADDRESS = 32_000;
const BESIDE = 29;

let box = null;

/** The box that is on the page, for what is clicked elsewhere: an example of the help goes into it. */
export function boxIs(handle) {
  box = handle;
  return () => {
    if (box === handle) box = null;
  };
}

/** Takes the example of the clicked button into the box and goes on there. */
export function addExample(event) {
  const { term } = event.currentTarget.dataset;
  document.querySelector(":popover-open")?.hidePopover();
  box?.add(term);
}

/** Goes to the search of `conditions`, a text, and of the words that are in the box, sent or not. */
export function narrowTo(conditions) {
  box?.narrow(conditions);
}

/** What `search`, a query string, asks for; of two the last one, as the server has it. */
export function textIn(search) {
  return new URLSearchParams(search).getAll("q").at(-1) ?? "";
}

/** The chips and the words as one text. */
export function joined(chips, words) {
  return [...chips.map((chip) => chip.term), words.trimStart()].filter(Boolean).join(" ");
}

/** Whether a chip says what must be true, and not what is looked for. */
export function isCondition({ term }) {
  return !term.startsWith("like:");
}

/**
 * The query string of another search: in the same order, but a first search has its own unless it only narrows the list;
 * a `start` was the old one's.
 */
export function searchFor(search, q, isNarrower = false) {
  const parameters = new URLSearchParams(search);
  if (!textIn(search) && !isNarrower) parameters.delete("sort");
  parameters.delete("start");
  parameters.delete("q");
  const others = parameters.toString();
  if (!q.trim()) return others && `?${others}`;
  const text = encodeURIComponent(q).replaceAll("%20", "+").replaceAll("%3A", ":").replaceAll("%2C", ",");
  return `?q=${text}${others && "&"}${others}`;
}

/** Whether a text is longer than what is searched for, in characters as the server counts them. */
export function isTooLong(text) {
  return text.length > LONGEST && Array.from(text).length > LONGEST;
}

/**
 * Why `q` is not taken to the server, `{reason, before, token, after}` as the server says it of a text that it can be
 * asked about; null where `search`, the query string that `q` becomes, is no longer than can be asked for.
 */
export function refusalOf(q, search) {
  if (search.length <= LONGEST_ADDRESS || !isTooLong(q)) return null;
  const characters = Array.from(q);
  const part = (from, to) => characters.slice(from, to).join("");
  const [most, has] = [LONGEST, characters.length].map((count) => count.toLocaleString("en"));
  return {
    reason: `A search has at most ${most} characters, and this text has ${has}.`,
    before: `…${part(LONGEST - BESIDE, LONGEST)}`,
    token: part(LONGEST, LONGEST + BESIDE),
    after: "…",
  };
}

const NO_FILTER = ["q", "sort", "start"];

/** Whether a query string has filters beside its text. */
export function hasFilters(search) {
  return [...new URLSearchParams(search).keys()].some((name) => !NO_FILTER.includes(name));
}

/** The query string without some parameters, pairs of name and value; without all filters where none are named. */
export function withoutFilters(search, gone) {
  const isGone = ([name, value]) =>
    gone ? gone.some((one) => one[0] === name && one[1] === value) : !NO_FILTER.includes(name);
  return `?${new URLSearchParams([...new URLSearchParams(search)].filter((one) => !isGone(one)))}`;
}

/** Whether a text will have chips, as far as one can tell before the server has read it: room is made for them. */
export function expectsChips(q) {
  return /(^|\s)-?[^\s"]+:\S|(^|\s)-[^\s-]/.test(q);
}

/** Whether a text up to the caret ends between two terms, of which the next has not begun: there is nothing to complete. */
export function isBetween(text) {
  return /\S\s+$/.test(text) && text.split('"').length % 2 === 1;
}

/**
 * `text` with `item` in place of what it replaces, and where the caret is then. Positions count characters, as the
 * server has them, not halves of them.
 */
export function completed(text, item) {
  const characters = Array.from(text);
  const [start, end] = item.replaces;
  const isOpen = item.term.endsWith(":") || item.kind === "key";
  const head = characters.slice(0, start).join("") + item.term + (isOpen ? "" : " ");
  const tail = characters.slice(end).join("");
  return { text: head + (isOpen ? tail : tail.trimStart()), caret: head.length, isOpen };
}

/* The search box of the gallery: its text and its chips are the `q` of the address.
 *
 * Typing asks for suggestions and nothing else; Enter, a chip or a suggestion goes to another address. What the text
 * means the server says (`read`): which of its terms are chips, and what is wrong with it.
 */

import { createElement as h, useCallback, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";

import { useByImage } from "./by_image.js";
import { PictureCount } from "./picture_count.js";
import { useCalling } from "./search_calling.js";
import { Chips } from "./search_chips.js";
import {
  boxIs,
  completed,
  expectsChips,
  hasFilters,
  isBetween,
  isCondition,
  joined,
  refusalOf,
  searchFor,
  textIn,
  withoutFilters,
} from "./search_draft.js";
import { pictureIn, useDropAnywhere } from "./search_drop.js";
import { useGoing, useLooking } from "./search_going.js";
import { Clear, Icon, Reason, Tools } from "./search_parts.js";
import { forgetSearches, listAttributes, Suggestions, useSuggestions } from "./search_suggestions.js";
import "./search.css";

/**
 * What is typed, and the chips that go with it. The server's answer takes its place unless more was typed meanwhile;
 * until then the text of the address does, unless the box itself `asked` for that and shows it already.
 * `refuse(wrong)` says of a text that it was not even sent, until another is.
 */
function useDraft(q, search, read) {
  const input = useRef(null);
  const edited = useRef(false);
  const asked = useRef(null);
  const [chips, setChips] = useState([]);
  const [filters, setFilters] = useState([]);
  const [expects, setExpects] = useState(false);
  const [refused, refuse] = useState(null);
  const write = useCallback((text) => {
    input.current.value = text;
    edited.current = false;
  }, []);
  // Not while it is drawn for the first time, when the compiled page knows no address.
  useEffect(() => {
    setExpects(expectsChips(q) || hasFilters(search));
    refuse(null);
  }, [q, search]);
  useEffect(() => {
    edited.current = false;
  }, [q]);
  const isRead = read?.q === q;
  useEffect(() => {
    if (isRead) {
      setChips(read.wrong.reason ? [] : read.chips);
      setFilters(read.wrong.reason ? [] : read.filters);
      if (!edited.current) write(read.wrong.reason ? q : read.words);
    } else if (!input.current.value && asked.current !== q) write(q);
  }, [isRead, read, q, write]);
  const wrong = refused ?? (isRead && read.wrong.reason ? read.wrong : null);
  return { input, edited, asked, chips, setChips, filters, setFilters, expects, write, wrong, refused, refuse };
}

function beforeCaret({ value, selectionStart }) {
  return value.slice(0, selectionStart ?? value.length);
}

/** The text with a suggestion taken in, and the caret behind it; gives whether the suggestion wants to be gone on. */
function takeIn(draft, item) {
  const { input, edited } = draft;
  const { text, caret, isOpen } = completed(input.current.value, item);
  input.current.value = text;
  edited.current = true;
  input.current.setSelectionRange(caret, caret);
  return isOpen;
}

function keysOf(draft, list, take, choose, leave) {
  return (event) => {
    const item = list.items[list.active];
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.isOpen) list.move(event.key === "ArrowDown" ? 1 : -1);
      else list.ask(beforeCaret(draft.input.current), true);
    } else if (event.key === "Enter" && item) {
      event.preventDefault();
      choose(item);
    } else if (event.key === "Tab" && item && !event.shiftKey) {
      event.preventDefault();
      take(item);
    } else if (event.key === "Escape") {
      // The browser would empty the field; first the list goes, then the focus.
      event.preventDefault();
      if (list.isOpen) list.close();
      else leave();
    }
  };
}

/** See clonegallery/ui/components/search_box.py for what each property means. */
export function SearchBox({ read, help }) {
  const { search } = useLocation();
  const q = textIn(search);
  const draft = useDraft(q, search, read);
  const list = useSuggestions();
  const go = useGoing(list.close);
  const picture = useByImage();
  const looking = useLooking();
  const { input, edited, chips, setChips, filters } = draft;
  const calling = useCalling(input);

  // Gives whether one goes there: what cannot be sent stays in the box with all that is below it.
  const ask = (q, isAboutPicture, how = {}) => {
    const wrong = refusalOf(q, searchFor(how.among ?? search, q));
    draft.refuse(wrong);
    looking.forget();
    if (wrong) {
      list.close();
      return false;
    }
    edited.current = false;
    draft.asked.current = q;
    calling.dismiss();
    if (isAboutPicture) looking.look(picture.file, q, how.among);
    else go(q, how);
    return true;
  };
  const goWith = (kept, text = input.current.value, isAboutPicture = Boolean(picture), how = {}) => {
    const isGone = ask(joined(kept, text), isAboutPicture, how);
    if (isGone) setChips(kept);
    return isGone;
  };
  // Another picture takes the place of the words, and of one that the gallery has: what else must be true stays so.
  const lookWith = (file) => {
    edited.current = false;
    draft.refuse(null);
    looking.look(file, joined(chips.filter(isCondition), ""));
  };
  const isOver = useDropAnywhere((file) => {
    // Deep in the list this brings the box, which says what becomes of the picture.
    input.current.focus({ preventScroll: true });
    lookWith(file);
  });
  const forget = async () => {
    await forgetSearches();
    list.ask("", true);
  };
  const suggest = (atOnce) => {
    const text = beforeCaret(input.current);
    if (isBetween(text)) list.close();
    else list.ask(text, atOnce);
  };
  const take = (item) => {
    if (item.kind === "forget") return;
    takeIn(draft, item);
    suggest(true);
  };
  const choose = (item) => {
    if (item.kind === "forget") forget();
    else if (takeIn(draft, item)) suggest(true);
    else if (item.kind === "recent") goWith([], input.current.value, false);
    else goWith(chips);
  };
  const clear = () => {
    draft.write("");
    draft.refuse(null);
    input.current.focus();
    if (q) goWith(chips, "");
  };
  useEffect(() =>
    boxIs({
      add(term) {
        const text = input.current.value;
        input.current.value = `${text}${text && !text.endsWith(" ") ? " " : ""}${term}`;
        edited.current = true;
        input.current.focus();
      },
      narrow(term) {
        const text = input.current.value;
        ask(joined([{ term }], text), Boolean(picture), { isNarrower: !text.trim() });
      },
    }),
  );

  const trouble = looking.trouble || draft.wrong?.reason;
  const field = {
    ref: input,
    id: "search",
    name: "q",
    type: "search",
    className: "cg-find-input",
    placeholder: "Search pictures",
    "aria-label": "Search pictures",
    "aria-keyshortcuts": "/",
    "aria-invalid": draft.wrong ? true : undefined,
    "aria-describedby": trouble ? "search-reason" : undefined,
    autoComplete: "off",
    autoCapitalize: "off",
    spellCheck: false,
    enterKeyHint: "search",
    ...listAttributes(list),
    onInput: () => {
      edited.current = true;
      suggest(false);
    },
    onKeyDown: keysOf(draft, list, take, choose, calling.leave),
    onFocus: calling.onFocus,
    onClick: () => !input.current.value && list.ask("", true),
    onBlur: list.close,
    onPaste: (event) => {
      const file = pictureIn(event.clipboardData);
      if (!file) return;
      event.preventDefault();
      lookWith(file);
    },
  };
  const form = {
    role: "search",
    className: `cg-find-box${isOver ? " is-over" : ""}`,
    action: "/",
    onSubmit: (event) => {
      event.preventDefault();
      goWith(chips);
    },
  };
  const shown = { chips, filters, picture, isLooking: looking.isLooking, expects: draft.expects };
  return h(
    "div",
    { className: "cg-find-parts" },
    h(
      "form",
      form,
      h(Icon, { name: "search" }),
      h("input", field),
      h(Clear, { clear }),
      h(Tools, { help, look: lookWith, isLooking: looking.isLooking }),
      h(Suggestions, { ...list, choose }),
    ),
    h(Reason, { reason: trouble, wrong: looking.trouble ? null : draft.wrong, isAlone: !draft.refused }),
    h(
      "div",
      { className: "cg-find-line" },
      h(PictureCount),
      h(Chips, {
        ...shown,
        remove: (chip) => goWith(chips.filter((other) => other.term !== chip.term)),
        removeFilter: (filter) => {
          const among = withoutFilters(search, filter.parameters);
          const how = { isNarrower: !input.current.value.trim(), among };
          if (!goWith(chips, input.current.value, Boolean(picture), how)) return;
          draft.setFilters(filters.filter((other) => other !== filter));
        },
        removePicture: () => goWith(chips, input.current.value, false),
        removeAll: () => {
          draft.write("");
          draft.setFilters([]);
          goWith([], "", false, { among: withoutFilters(search) });
        },
      }),
    ),
  );
}

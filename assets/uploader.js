/* The upload page's one component: a place to drop files on, and a row for each with its progress.
 *
 * Files go from the browser straight to the API. Reflex's own upload holds whole files in the
 * server's memory without a limit and knows no progress per file.
 */

import {
  createElement as h,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";

import { filesOfList, filesOfTransfer, sizeText } from "./upload_files.js";
import { canRetry, isOpen, UploadQueue } from "./upload_queue.js";
import { UploadRow } from "./upload_row.js";
import "./uploader.css";

const ROW_HEIGHT = 80;
const ROWS_AROUND = 6;
const ANNOUNCE_MS = 4_000;
const WORDS = { public: "Everyone", unlisted: "Whoever has the link", private: "Only me" };
const ENDED = new Set(["ready", "duplicate"]);
const FILTERS = {
  All: () => true,
  "Under way": isOpen,
  Done: (row) => ENDED.has(row.state),
  Failed: (row) => row.state === "failed" || row.state === "refused",
};

// One queue per document: it goes on while other pages are looked at.
let queue = null;

function useQueue(limits, onRefused) {
  queue ??= new UploadQueue(limits);
  // The size limit comes from the server and may be known a moment later than the page.
  queue.limits = limits;
  queue.onRefused = onRefused;
  const version = useSyncExternalStore(queue.subscribe, queue.getVersion, () => 0);
  useEffect(() => queue.start(), []);
  return version;
}

/** Numbers of the whole queue; `share` (0…1) counts bytes, so that large files weigh what they are. */
function summary(rows) {
  const sums = { total: 0, done: 0, failed: 0, open: 0, bytes: 0, sent: 0 };
  for (const row of rows) {
    sums.total += 1;
    if (row.state === "refused") {
      sums.failed += 1;
      continue;
    }
    sums.bytes += row.size;
    sums.sent += row.size * (isOpen(row) ? row.progress : 1);
    if (isOpen(row)) sums.open += 1;
    else if (ENDED.has(row.state)) sums.done += 1;
    else sums.failed += 1;
  }
  return { ...sums, share: sums.bytes ? sums.sent / sums.bytes : 0 };
}

function summaryText({ total, done, failed }) {
  return `${done} of ${total} done${failed ? `, ${failed} failed` : ""}`;
}

/** What a screen reader is told: not every step, but the state of things now and then. */
function useAnnouncement(text) {
  const [said, setSaid] = useState("");
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, []);
  return said;
}

function useDropAnywhere(add) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    const onDragOver = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event) => event.relatedTarget === null && setOver(false);
    // Beside the zone a drop would replace the page by the file; the whole window takes it instead.
    const onDrop = async (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      add(await filesOfTransfer(event.dataTransfer));
    };
    const onPaste = (event) => event.clipboardData?.files.length && add(filesOfList(event.clipboardData.files));
    const handlers = { dragover: onDragOver, dragleave: onDragLeave, drop: onDrop, paste: onPaste };
    Object.entries(handlers).forEach(([name, handler]) => window.addEventListener(name, handler));
    return () => Object.entries(handlers).forEach(([name, handler]) => window.removeEventListener(name, handler));
  }, [add]);
  return over;
}

function Picker({ label, add, accept, folder, primary }) {
  const input = useRef(null);
  const choose = (event) => {
    add(filesOfList(event.target.files));
    // The same file may be chosen again after it was removed.
    event.target.value = "";
  };
  const field = { ref: input, type: "file", multiple: true, hidden: true, onChange: choose };
  const kind = folder ? { webkitdirectory: "" } : { accept };
  const button = { type: "button", className: `cg-up-button${primary ? " is-primary" : ""}` };
  return [
    h("input", { key: "input", ...field, ...kind }),
    h("button", { key: "button", ...button, onClick: () => input.current.click() }, label),
  ];
}

function Visibility({ visibilities, visibility, setVisibility }) {
  return h(
    "label",
    { className: "cg-up-visibility" },
    "Who can see them ",
    h(
      "select",
      { value: visibility, onChange: (event) => setVisibility(event.target.value) },
      visibilities.map((one) => h("option", { key: one, value: one }, WORDS[one] ?? one)),
    ),
  );
}

function DropZone({ add, over, extensions, maxBytes, ...who }) {
  const accept = extensions.map((extension) => `.${extension}`).join(",");
  const limit = maxBytes ? `, up to ${sizeText(maxBytes)} each` : "";
  return h(
    "div",
    { className: `cg-up-drop${over ? " is-over" : ""}` },
    h("p", { className: "cg-up-headline" }, over ? "Let go to upload" : "Drop photographs or folders here"),
    h(
      "div",
      { className: "cg-up-buttons" },
      h(Picker, { label: "Choose files", add, accept, primary: true }),
      h(Picker, { label: "Choose a folder", add, folder: true }),
    ),
    h("p", { className: "cg-up-hint" }, `JPEG, PNG, WebP, AVIF, HEIC or GIF${limit}. Pasting works too.`),
    h(Visibility, who),
  );
}

function Summary({ rows, filter, setFilter, act }) {
  const sums = useMemo(() => summary(rows), [rows]);
  const text = summaryText(sums);
  const said = useAnnouncement(text);
  const button = (label, onClick) => h("button", { type: "button", className: "cg-up-button", onClick }, label);
  const ids = (test) => rows.filter(test).map((row) => row.id);
  const retryable = ids((row) => row.state === "failed" && canRetry(row));
  const bar = { role: "progressbar", "aria-label": "All files", "aria-valuemin": 0, "aria-valuemax": 100 };
  return h(
    "div",
    { className: "cg-up-summary" },
    h("p", { className: "cg-visually-hidden", role: "status" }, said),
    h(
      "div",
      { className: "cg-up-line" },
      h("strong", null, text),
      retryable.length > 0 && button("Retry failed", () => act.retry(retryable)),
      sums.open < rows.length && button("Clear finished", () => act.remove(ids((row) => !isOpen(row)))),
      sums.open > 0 &&
        button("Cancel the rest", () => act.remove(ids((row) => isOpen(row) && row.state !== "processing"))),
    ),
    h(
      "span",
      { className: "cg-up-bar", ...bar, "aria-valuenow": Math.round(sums.share * 100) },
      h("span", { style: { transform: `scaleX(${sums.share})` } }),
    ),
    h(
      "div",
      { className: "cg-up-filters", role: "group", "aria-label": "Show" },
      Object.keys(FILTERS).map((name) =>
        h("button", { key: name, type: "button", "aria-pressed": filter === name, onClick: () => setFilter(name) }, name),
      ),
    ),
  );
}

/** Only the rows in view are in the document: a folder of ten thousand scrolls like one of ten. */
function Rows({ rows, linkPrefix, act }) {
  const scroller = useRef(null);
  const [[top, height], setView] = useState([0, 600]);
  const measure = useCallback(() => {
    const { scrollTop, clientHeight } = scroller.current;
    setView([scrollTop, clientHeight]);
  }, []);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [measure]);
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - ROWS_AROUND);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW_HEIGHT) + ROWS_AROUND);
  return h(
    "div",
    { ref: scroller, className: "cg-up-rows", onScroll: measure, tabIndex: 0, role: "region", "aria-label": "Files" },
    h(
      "div",
      { role: rows.length ? "list" : undefined, style: { height: rows.length * ROW_HEIGHT, position: "relative" } },
      rows.slice(first, last).map((row, i) =>
        h(UploadRow, {
          key: row.id,
          row,
          file: queue.files.get(row.id),
          index: first + i,
          total: rows.length,
          top: (first + i) * ROW_HEIGHT,
          linkPrefix,
          act,
        }),
      ),
    ),
  );
}

function SignIn({ href }) {
  return h(
    "p",
    { className: "cg-up-signin", role: "alert" },
    "You are signed out. ",
    h("a", { href }, "Sign in"),
    " to upload; the files chosen here will wait.",
  );
}

/** See clonegallery/ui/components/uploader.py for what each property means. */
export function Uploader({ endpoint, extensions, maxBytes = 0, visibilities, visibility: usual, ...props }) {
  useQueue({ endpoint, extensions, maxBytes }, props.onRefused);
  const [chosen, setVisibility] = useState(null);
  const [filter, setFilter] = useState("All");
  // The account's own comes from the server and may be known a moment later than the page, too.
  const visibility = chosen ?? usual;
  queue.visibility = visibility;
  const add = useCallback((files) => queue.add(files), []);
  const act = useMemo(() => ({ retry: (ids) => queue.retry(ids), remove: (ids) => queue.remove(ids) }), []);
  const over = useDropAnywhere(add);
  const { rows } = queue;
  const shown = useMemo(() => rows.filter(FILTERS[filter]), [rows, filter]);
  const linkPrefix = props.linkPrefix ?? "/image/";
  return h(
    "section",
    { id: props.id, className: `cg-up ${props.className ?? ""}`, "aria-label": "Upload" },
    h(DropZone, { add, over, extensions, maxBytes, visibilities, visibility, setVisibility }),
    queue.signedOut && h(SignIn, { href: props.signIn ?? "/login?next=%2Fupload" }),
    rows.length > 0 && h(Summary, { rows, filter, setFilter, act }),
    rows.length > 0 && h(Rows, { rows: shown, linkPrefix, act }),
  );
}

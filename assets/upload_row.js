/* One file of the upload page: what it is, how far it is, how it ended, and what can be done. */

import { createElement as h, memo, useEffect, useState } from "react";
import { Link } from "react-router";

import { sizeText } from "./upload_files.js";
import { previewOf } from "./upload_preview.js";
import { canRetry, isOpen } from "./upload_queue.js";

const ENDED_WELL = new Set(["ready", "duplicate"]);

function Preview({ row, file }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    let wanted = true;
    if (file) previewOf(row.id, file, () => wanted).then((found) => wanted && setUrl(found));
    return () => {
      wanted = false;
    };
  }, [row.id, file]);
  const uploaded = ENDED_WELL.has(row.state) ? `/api/v1/images/${row.imageId}/file/thumb_300` : "";
  const src = url || uploaded;
  return h(
    "span",
    { className: "cg-up-preview" },
    src && h("img", { src, alt: "", width: 48, height: 48, decoding: "async", draggable: false }),
  );
}

function secondsUntil(until) {
  return Math.max(1, Math.ceil((until - Date.now()) / 1000));
}

function Countdown({ row }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const reason = row.reason.replace(/\.?$/, ".");
  return `${reason} Trying again in ${secondsUntil(row.until)} s.`;
}

function stateText(row, linkPrefix) {
  const link = (text) => h(Link, { to: `${linkPrefix}${row.imageId}` }, text);
  switch (row.state) {
    case "uploading":
      return `Uploading ${Math.floor(row.progress * 100)} % of ${sizeText(row.size)}`;
    case "delayed":
      return h(Countdown, { row });
    case "processing":
      return "Processing…";
    case "ready":
      return ["Ready · ", h("span", { key: "link" }, link("view picture"))];
    case "duplicate":
      return ["Already in your gallery · ", h("span", { key: "link" }, link("view picture"))];
    case "waiting":
      return `Waiting · ${sizeText(row.size)}`;
    default:
      return row.reason;
  }
}

function Bar({ row }) {
  if (!isOpen(row)) return null;
  const moving = row.state === "processing";
  const percent = Math.round(row.progress * 100);
  return h(
    "span",
    {
      className: `cg-up-bar${moving ? " is-moving" : ""}`,
      role: "progressbar",
      "aria-label": `Progress of ${row.name}`,
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": moving ? undefined : percent,
    },
    h("span", { style: moving ? undefined : { transform: `scaleX(${row.progress})` } }),
  );
}

const CROSS = "M4 4l8 8M12 4l-8 8";

function Row({ row, file, top, index, total, linkPrefix, act }) {
  const cancelling = row.state === "uploading" || row.state === "waiting" || row.state === "delayed";
  const verb = cancelling ? "Cancel" : "Remove from this list:";
  const stroke = { fill: "none", stroke: "currentColor", strokeWidth: 1.6, strokeLinecap: "round" };
  return h(
    "div",
    {
      role: "listitem",
      className: `cg-up-row is-${row.state}`,
      "aria-setsize": total,
      "aria-posinset": index + 1,
      style: { top },
    },
    h(Preview, { row, file }),
    h(
      "div",
      { className: "cg-up-words" },
      h("span", { className: "cg-up-name", title: row.path }, row.name),
      h("span", { className: "cg-up-state", title: row.reason || undefined }, stateText(row, linkPrefix)),
      h(Bar, { row }),
    ),
    canRetry(row) &&
      h(
        "button",
        { type: "button", className: "cg-up-button", "aria-label": `Retry ${row.name}`, onClick: () => act.retry([row.id]) },
        "Retry",
      ),
    row.state !== "processing" &&
      h(
        "button",
        { type: "button", className: "cg-up-remove", "aria-label": `${verb} ${row.name}`, onClick: () => act.remove([row.id]) },
        h("svg", { viewBox: "0 0 16 16", "aria-hidden": true }, h("path", { d: CROSS, ...stroke })),
      ),
  );
}

export const UploadRow = memo(Row);

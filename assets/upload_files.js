/* What a drop, a paste or a file dialog holds: files, also those deep in folders, each judged by name. */

/** Every file in a DataTransfer, folders walked through; each as {file, path}. */
export async function filesOfTransfer(transfer) {
  // Entries must be taken before the first await: the browser empties the transfer after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return filesOfList(transfer.files);
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

/** The files of an <input type=file>, with their path when a folder was chosen. */
export function filesOfList(list) {
  return [...list].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

async function walk(entry, folder, found) {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    if (file) found.push({ file, path });
    return;
  }
  const reader = entry.createReader();
  // A reader hands out a folder in portions of about a hundred, until an empty one.
  for (;;) {
    const portion = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!portion.length) return;
    for (const child of portion) await walk(child, path, found);
  }
}

const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

/** True for what systems put into folders unasked: no person means to upload it. */
export function isClutter(file) {
  return HIDDEN.test(file.name);
}

/** Why `file` cannot be uploaded, as a sentence; empty when it may be tried. */
export function refusal(file, { extensions, maxBytes }) {
  const dot = file.name.lastIndexOf(".");
  const extension = dot > 0 ? file.name.slice(dot + 1).toLowerCase() : "";
  if (!extensions.includes(extension)) {
    const named = extension ? `.${extension} is` : "A name without an extension is";
    return `${named} not a picture format this gallery reads.`;
  }
  if (!file.size) return "The file is empty.";
  if (maxBytes && file.size > maxBytes) {
    return `The file has ${sizeText(file.size)}; this gallery accepts up to ${sizeText(maxBytes)}.`;
  }
  return "";
}

/** Bytes as people read them: "3.4 MB" (decimal, as file managers show). */
export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

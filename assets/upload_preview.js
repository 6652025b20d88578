/* Small previews of files not yet uploaded, decoded one at a time and off the main thread. */

const EDGE = 96;
const KEPT = 300;

const previews = new Map();
let chain = Promise.resolve();

/** An object URL of a small picture of `file`, or "" where the browser cannot read its format. */
export function previewOf(id, file, stillWanted) {
  if (previews.has(id)) return Promise.resolve(previews.get(id));
  // Twenty 24-megapixel photographs decoded at once would take gigabytes.
  chain = chain.then(async () => {
    if (previews.has(id) || !stillWanted()) return;
    previews.set(id, await shrink(file));
    forgetOldest();
  });
  return chain.then(() => previews.get(id) ?? "");
}

async function shrink(file) {
  try {
    const bitmap = await createImageBitmap(file, { resizeHeight: EDGE, resizeQuality: "medium" });
    const canvas = Object.assign(document.createElement("canvas"), { width: EDGE, height: EDGE });
    const cover = Math.max(EDGE / bitmap.width, EDGE / bitmap.height);
    const [width, height] = [bitmap.width * cover, bitmap.height * cover];
    canvas.getContext("2d").drawImage(bitmap, (EDGE - width) / 2, (EDGE - height) / 2, width, height);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", 0.8));
    return blob ? URL.createObjectURL(blob) : "";
  } catch {
    return "";
  }
}

function forgetOldest() {
  if (previews.size <= KEPT) return;
  const [id, url] = previews.entries().next().value;
  previews.delete(id);
  if (url) URL.revokeObjectURL(url);
}

/* Copying what a field shows. */

const SHOWN_MS = 2500;

/** For a button: copies the value of the field whose id is in its `data-copies`, and says so for a moment. */
export async function copyField(event) {
  const button = event.currentTarget;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  await write(field.value);
  button.dataset.copied = "true";
  setTimeout(() => delete button.dataset.copied, SHOWN_MS);
}

/** The clipboard belongs to secure pages only: on plain http in a house's own network the old command still serves. */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    document.execCommand("copy");
  }
}

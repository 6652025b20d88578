/* Copying what a field or a text shows. */

const SHOWN_MS = 2500;

/** For a button: copies what the element shows whose id is in its `data-copies`, and says so for a moment. */
export async function copyField(event) {
  const button = event.currentTarget;
  const element = document.getElementById(button.dataset.copies);
  select(element);
  await write(element.value ?? element.textContent);
  button.dataset.copied = "true";
  setTimeout(() => delete button.dataset.copied, SHOWN_MS);
}

function select(element) {
  if (element.select) element.select();
  else window.getSelection().selectAllChildren(element);
}

/** The clipboard belongs to secure pages only: on plain http in a house's own network the old command still serves. */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    document.execCommand("copy");
  }
}

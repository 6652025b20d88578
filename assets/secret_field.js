/* Looking at a password while one types it. */

/** For a button: shows or hides what is in the field that it controls. */
export function toggleSecret({ currentTarget: button }) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const show = field.type === "password";
  reveal(button, field, show);
  // Password managers keep what was in a field of passwords, so it is one again before the form leaves.
  if (show) field.form?.addEventListener("submit", () => reveal(button, field, false), { once: true });
  field.focus();
}

function reveal(button, field, shown) {
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
}

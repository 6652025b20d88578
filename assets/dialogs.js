/* Dialogs that the server asks for. */

/** The `ref` of a dialog that is modal from the moment it is drawn; its opener gets the focus back when it closes. */
export function showAtOnce(dialog) {
  if (dialog && !dialog.open) dialog.showModal();
}

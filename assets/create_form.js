/* The form on which pictures are asked for. */

/** For a slider: says its value in the output beside it. */
export function showShare(event) {
  event.currentTarget.nextElementSibling.value = event.currentTarget.value;
}

/* One file on its way: a POST whose progress can be seen, with the CSRF token and an idempotency key. */

import { ApiProblem, problemFrom, withToken } from "./api_client.js";

/** Starts sending; `{promise, abort}`. The promise gives `{image, duplicate}` or throws ApiProblem. */
export function sendFile({ endpoint, file, key, visibility, onProgress }) {
  const request = new XMLHttpRequest();
  const wish = { endpoint, file, key, visibility, onProgress, cancelled: false };
  const promise = withToken((token) => send(request, wish, token));
  const abort = () => {
    wish.cancelled = true;
    request.abort();
  };
  return { promise, abort };
}

function send(request, wish, token) {
  const { endpoint, file, key, visibility, onProgress } = wish;
  if (wish.cancelled) throw new ApiProblem(-1, "Cancelled.");
  const form = new FormData();
  // Small fields first: a server that streams knows them before the bytes arrive.
  if (visibility) form.append("visibility", visibility);
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    request.open("POST", endpoint);
    request.setRequestHeader("Accept", "application/json");
    if (token) request.setRequestHeader("X-CSRF-Token", token);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = (event) => onProgress(event.loaded / (event.total || 1));
    request.onload = () => settle(request, resolve, reject);
    request.onerror = () => reject(problemFrom(0, ""));
    request.onabort = () => reject(new ApiProblem(-1, "Cancelled."));
    request.send(form);
  });
}

function settle(request, resolve, reject) {
  const { status, responseText } = request;
  if (status !== 200 && status !== 201) {
    reject(problemFrom(status, responseText, request.getResponseHeader("Retry-After")));
    return;
  }
  try {
    resolve({ image: JSON.parse(responseText), duplicate: status === 200 });
  } catch {
    reject(problemFrom(status, "An answer that is not JSON"));
  }
}

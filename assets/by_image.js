/* Looking for pictures by a picture: what is found stands in the grid, for one entry of the history.
 *
 * A picture is no address. So what was found lies here, under a name that the history entry keeps: back and forward go
 * past it as past any search, and after a reload, which forgets it, the entry is the gallery again.
 */

import { useLocation } from "react-router";

import { ApiProblem, problemFrom, withToken } from "./api_client.js";
import { giveFeed } from "./image_feed.js";

const ROUTE = "/api/v1/search/by-image";
const MOST = 100;
const KEPT = 4;

const found = new Map();
let made = 0;

/**
 * Asks for what looks like `file` among what `search`, a query string, leaves; gives the state of a history entry that
 * shows it. Throws ApiProblem.
 */
export async function searchByImage(file, search, signal) {
  await requirePicture(file);
  const page = await post(file, routeFor(search), signal);
  const name = `by-image ${(made += 1)}`;
  found.set(name, { endpoint: name, name: file.name || "a picture", preview: URL.createObjectURL(file), file, page });
  if (found.size > KEPT) {
    const [oldest, { preview }] = found.entries().next().value;
    URL.revokeObjectURL(preview);
    found.delete(oldest);
  }
  return { byImage: name };
}

/** What the current entry of the history found by a picture: `{endpoint, name, preview, file}`, else undefined. */
export function useByImage() {
  const given = found.get(useLocation().state?.byImage);
  if (given) giveFeed(given.endpoint, given.page);
  return given;
}

function routeFor(search) {
  const parameters = new URLSearchParams(search);
  parameters.delete("sort"); // The nearest come first, and there is no other order.
  parameters.set("limit", MOST);
  return `${ROUTE}?${parameters}`;
}

/** What is no picture by its own account is not sent for nothing, be it a film; a folder cannot be read at all. */
async function requirePicture(file) {
  if (file.type && !file.type.startsWith("image/")) throw new ApiProblem(415, `${file.name} is not an image.`);
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new ApiProblem(0, `${file.name} cannot be read as an image.`);
  }
}

async function post(file, route, signal) {
  try {
    return await withToken((token) => send(file, route, signal, { "X-CSRF-Token": token }));
  } catch (problem) {
    // Without a session there is no token, and a stranger needs none.
    if (problem.status === 401) return send(file, route, signal, {});
    throw problem;
  }
}

async function send(file, route, signal, headers) {
  const body = new FormData();
  body.append("file", file);
  let response;
  try {
    response = await fetch(route, { method: "POST", body, signal, headers, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem(0, "The gallery could not be reached. Check the connection.");
  }
  if (response.ok) return response.json();
  throw problemFrom(response.status, await response.text(), response.headers.get("Retry-After"));
}

/* Looking for pictures by a picture: what is found stands in the grid, for one entry of the history.
 *
 * A picture is no address. So what was found lies here, under a name that the history entry keeps: back and forward go
 * past it as past any search, and after a reload, which forgets it, the entry is the gallery again.
 */

import { useLocation } from "react-router";

import { ApiProblem, problemFrom, withToken } from "./api_client.js";
import { giveFeed } from "./image_feed.js";

const ROUTE = "/api/v1/search/by-image?limit=100";
const KEPT = 4;

const found = new Map();
let made = 0;

/** Asks for what looks like `file`; gives the state of a history entry that shows it. Throws ApiProblem. */
export async function searchByImage(file, signal) {
  const page = await post(file, signal);
  const name = `by-image ${(made += 1)}`;
  found.set(name, { endpoint: name, name: file.name || "a picture", preview: URL.createObjectURL(file), page });
  if (found.size > KEPT) {
    const [oldest, { preview }] = found.entries().next().value;
    URL.revokeObjectURL(preview);
    found.delete(oldest);
  }
  return { byImage: name };
}

/** What the current entry of the history found by a picture: `{endpoint, name, preview}`, else undefined. */
export function useByImage() {
  const given = found.get(useLocation().state?.byImage);
  if (given) giveFeed(given.endpoint, given.page);
  return given;
}

async function post(file, signal) {
  try {
    return await withToken((token) => send(file, signal, { "X-CSRF-Token": token }));
  } catch (problem) {
    // Without a session there is no token, and a stranger needs none.
    if (problem.status === 401) return send(file, signal, {});
    throw problem;
  }
}

async function send(file, signal, headers) {
  const body = new FormData();
  body.append("file", file);
  let response;
  try {
    response = await fetch(ROUTE, { method: "POST", body, signal, headers, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem(0, "The gallery could not be reached. Check the connection.");
  }
  if (response.ok) return response.json();
  throw problemFrom(response.status, await response.text(), response.headers.get("Retry-After"));
}

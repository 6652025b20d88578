/* How the browser half talks to /api/v1: JSON in, problem+json out as one readable sentence. */

/** A refused request: `status` is the HTTP code (0 when the server was not reached), `fields` what was refused of it. */
export class ApiProblem extends Error {
  constructor(status, message, code = "", retryAfter = 0, fields = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.fields = fields;
  }
}

const PLAIN = {
  0: "The gallery could not be reached. Check the connection.",
  401: "You are signed out.",
  403: "You are not allowed to do this.",
  413: "The file is larger than this gallery accepts.",
  429: "Too many requests just now.",
  503: "The gallery is busy just now.",
};

/** The reason in a problem+json body (RFC 9457), or a plain sentence when there is none. */
export function problemFrom(status, text, retryAfterHeader) {
  let body = {};
  try {
    body = JSON.parse(text) ?? {};
  } catch {
    body = {};
  }
  const errors = Array.isArray(body.errors) ? body.errors : [];
  const reason =
    body.detail || errors[0]?.message || body.title || PLAIN[status] || `The server answered ${status}.`;
  const code = String(body.code ?? "");
  const fields = errors.map((error) => String(error?.field));
  return new ApiProblem(status, String(reason), code, retrySeconds(retryAfterHeader), fields);
}

/** Seconds of a Retry-After header, which may also be a date; 0 when absent. */
export function retrySeconds(header) {
  if (!header) return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

/** GETs JSON; throws ApiProblem, or AbortError when `signal` fires. */
export function getJson(url, signal) {
  return ask(url, { signal });
}

/** Sends a write without a body and gives the JSON of its answer, null of an empty one; throws ApiProblem. */
export function writeJson(method, url) {
  return withToken((token) => ask(url, { method }, { "X-CSRF-Token": token }));
}

/** Does `send(token)` with this session's CSRF token; one that has ended with its session is replaced, once. */
export async function withToken(send) {
  try {
    return await send((await whoAmI()).csrf_token);
  } catch (problem) {
    if (problem.code !== "csrf_failed") throw problem;
    return send((await whoAmI(true)).csrf_token);
  }
}

async function ask(url, options, headers = {}) {
  let response;
  try {
    response = await fetch(url, {
      ...options,
      credentials: "same-origin",
      headers: { Accept: "application/json", ...headers },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem(0, PLAIN[0]);
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  throw problemFrom(response.status, await response.text(), response.headers.get("Retry-After"));
}

let me = null;

/** Who is signed in, asked once: `{id, csrf_token, …}`; `fresh` asks again. */
export function whoAmI(fresh = false) {
  if (!me || fresh) {
    me = getJson("/api/v1/me").catch((error) => {
      me = null;
      throw error;
    });
  }
  return me;
}

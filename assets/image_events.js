/* One EventSource per tab, shared by all who wait for pictures to become ready.
 *
 * Redis pub/sub loses messages while a connection is down, so every (re)connection tells the
 * listeners to read again what they still wait for: the row is the truth, the event a hint.
 */

const URL_EVENTS = "/api/v1/images/events";
const MAX_WAIT_MS = 60_000;

const listeners = new Set();
let source = null;
let retryMs = 1_000;
let timer = null;

/** Calls `onImage({id, status, error?})` per event and `onConnect()` on each connection; returns the way out. */
export function listenToImages({ onImage, onConnect }) {
  const listener = { onImage, onConnect };
  listeners.add(listener);
  if (!source && !timer) connect();
  else if (source?.readyState === EventSource.OPEN) onConnect();
  return () => {
    listeners.delete(listener);
    if (!listeners.size) disconnect();
  };
}

function connect() {
  timer = null;
  source = new EventSource(URL_EVENTS);
  source.onopen = () => {
    retryMs = 1_000;
    listeners.forEach((listener) => listener.onConnect());
  };
  source.addEventListener("image", (event) => {
    const image = parsed(event.data);
    if (image?.id) listeners.forEach((listener) => listener.onImage(image));
  });
  // The browser reconnects by itself after a drop, but gives up for good on an HTTP error.
  source.onerror = () => {
    if (source?.readyState === EventSource.CLOSED) reconnectLater();
  };
}

function reconnectLater() {
  source = null;
  timer = setTimeout(connect, retryMs);
  retryMs = Math.min(MAX_WAIT_MS, retryMs * 2);
}

function disconnect() {
  clearTimeout(timer);
  source?.close();
  source = null;
  timer = null;
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

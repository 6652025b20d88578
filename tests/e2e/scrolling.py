"""Scrolls the gallery from top to bottom in a browser and writes down what it cost."""

from dataclasses import dataclass

from playwright.async_api import Page, WebSocket

_WATCH = """
window.__seen = {tiles: 0, shift: 0, stall: 0, first: 0};
const most = () => {
  const tiles = document.querySelectorAll('.cg-grid [role=listitem]').length;
  window.__seen.tiles = Math.max(window.__seen.tiles, tiles);
  requestAnimationFrame(most);
};
requestAnimationFrame(most);
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__seen.shift += entry.value;
}).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.__seen.stall = Math.max(window.__seen.stall, entry.duration);
}).observe({type: 'longtask', buffered: true});
const painted = (event) => {
  if (event.target.tagName === 'IMG' && !window.__seen.first) window.__seen.first = performance.now();
};
document.addEventListener('load', painted, true);
"""


@dataclass(frozen=True, slots=True)
class Scrolled:
    """`tiles` is the most that ever stood in the document, `shift` the cumulative layout shift, times are in ms."""

    tiles: int
    shift: float
    longest_stall_ms: float
    first_picture_ms: float
    socket_frames: int
    first_load_bytes: int
    links: int
    reached_end: bool


async def weigh(page: Page, url: str) -> int:
    """Compressed bytes of everything that opening `url` loads."""
    received = await _count_bytes(page)
    await page.goto(url)
    await page.wait_for_load_state("networkidle")
    return received[0]


async def scroll_through(page: Page, url: str, total: int) -> Scrolled:
    """Open the gallery at `url`, wait for its first pictures, scroll until `total` pictures have passed."""
    frames: list[str] = []
    await page.add_init_script(_WATCH)
    received = await _count_bytes(page)
    page.on("websocket", lambda socket: _count(socket, frames))
    await page.goto(url)
    await page.wait_for_selector(".cg-grid [role=listitem] img")
    await page.wait_for_load_state("networkidle")
    await _quiet(page, frames)
    first_load, before = received[0], len(frames)
    reached = await _scroll(page, total)
    seen = await page.evaluate("window.__seen")
    return Scrolled(
        tiles=seen["tiles"],
        shift=seen["shift"],
        longest_stall_ms=seen["stall"],
        first_picture_ms=seen["first"],
        socket_frames=len(frames) - before,
        first_load_bytes=first_load,
        links=await page.locator(".cg-grid [role=listitem]").count(),
        reached_end=reached,
    )


async def _quiet(page: Page, frames: list[str]) -> None:
    """Wait until the first load is over on the socket, too, of which the browser's own idleness knows nothing."""
    known = -1
    while known != len(frames):
        known = len(frames)
        await page.wait_for_timeout(500)


async def _count_bytes(page: Page) -> list[int]:
    received = [0]
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Network.enable")
    devtools.on(
        "Network.loadingFinished", lambda event: received.__setitem__(0, received[0] + int(event["encodedDataLength"]))
    )
    return received


def _count(socket: WebSocket, frames: list[str]) -> None:
    def note(payload: str | bytes) -> None:
        # Engine.IO's own ping and pong ("2", "3") keep the socket open, whatever one does.
        if str(payload) not in ("2", "3"):
            frames.append(str(payload))

    socket.on("framesent", note)
    socket.on("framereceived", note)


async def _scroll(page: Page, total: int) -> bool:
    for _ in range(2000):
        await page.mouse.wheel(0, 1600)
        await page.wait_for_timeout(30)
        last = await page.evaluate(
            "Math.max(...[...document.querySelectorAll('.cg-grid [data-index]')].map((tile) => +tile.dataset.index))"
        )
        if last >= total - 1:
            return True
    return False

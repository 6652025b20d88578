"""Fifty people who browse and search while two upload: `python -m tests.bench.bench_browsing`.

The whole gallery as `make run` starts it, with 100,000 pictures in it: pages, API and websocket in one process, and the
media workers. Prints requests per second, latencies by what is asked for, and errors, of which there must be none; and
how long an event of a page takes over its websocket, before anybody browses and while everybody does.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any, Final

import httpx

from clonegallery.ui.session import SessionState
from tests.bench.servers import lone_site
from tests.e2e.raw_socket import raw_socket
from tests.e2e.site import Site
from tests.factories import jpeg_bytes
from tests.search.crowd import fill
from tests.search.crowd_names import family_names, tag_names, vocabulary

PICTURES, PEOPLE, UPLOADERS, SECONDS = 100_000, 50, 2, 40.0
_LOOKING: Final = (0.5, 2.0)
"""Seconds between what somebody asks for, from and to."""
_EVENTS: Final = 200
_PHOTOGRAPH: Final = (3000, 2000)


@dataclass(slots=True)
class Times:
    """Seconds of every request by its kind, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    async def ask(self, kind: str, asked: Callable[[], Any]) -> Any:
        """The JSON of the answer; None where it is none."""
        started = time.perf_counter()
        try:
            answer = await asked()
        except httpx.HTTPError as error:
            self.errors.append(f"{kind}: {error!r}")
            return None
        self.taken.setdefault(kind, []).append(time.perf_counter() - started)
        if answer.status_code >= 400:
            self.errors.append(f"{kind}: {answer.status_code} {answer.text[:200]}")
            return None
        return answer.json()


def main() -> None:
    # Nothing is placed: of these pictures there are no files that a model could look at.
    with lone_site({"EMBEDDING_MODEL": "none"}) as site:
        fill(site.database_url, PICTURES)
        asyncio.run(_measure(site))


async def _measure(site: Site) -> None:
    idle = await _events(site)
    photographs = [await asyncio.to_thread(_photographs, number) for number in range(UPLOADERS)]
    times, until = Times(), time.monotonic() + SECONDS
    browsing = [_browse(site, number, times, until) for number in range(PEOPLE)]
    uploading = [_upload(site, of_one, times, until) for of_one in photographs]
    busy, _ = await asyncio.gather(_events(site, pause=SECONDS / _EVENTS / 2), asyncio.gather(*browsing, *uploading))
    asked = [one for kind in times.taken.values() for one in kind]
    print(f"{PEOPLE} people who browse, {UPLOADERS} who upload, {PICTURES:,} pictures, {SECONDS:.0f} s")
    print(f"  {len(asked) / SECONDS:.1f} requests/s, {len(times.errors)} errors {times.errors[:3] or ''}")
    for kind, taken in times.taken.items():
        print(f"  {kind:12}{len(taken):>6}   {_shown(taken)}")
    print(f"  an event of a page, nobody else there:  {_shown(idle)}")
    print(f"  an event of a page, all of them there:  {_shown(busy)}")


async def _events(site: Site, pause: float = 0.0) -> list[float]:
    """Seconds from an event of a page to everything that it changes there."""
    taken = []
    async with raw_socket(site.url) as socket:
        for _ in range(_EVENTS):
            started = time.perf_counter()
            await socket.send(SessionState, "load")
            taken.append(time.perf_counter() - started)
            await asyncio.sleep(pause)
    return taken


async def _browse(site: Site, number: int, times: Times, until: float) -> None:
    chance = random.Random(number)
    async with _client(site) as client:
        await asyncio.sleep(chance.uniform(0, _LOOKING[1]))
        while time.monotonic() < until:
            await _look_around(client, chance, times)


async def _look_around(client: httpx.AsyncClient, chance: random.Random, times: Times) -> None:
    """The first page of what is looked for, its facets, its months, some pages more, and one picture."""
    q = _question(chance)

    async def get(kind: str, path: str, **asked: Any) -> Any:
        answer = await times.ask(kind, lambda: client.get(f"/api/v1/images{path}", params=asked))
        await asyncio.sleep(chance.uniform(*_LOOKING))
        return answer

    page = await get("search" if q else "feed", "", q=q, limit=60)
    await get("facets", "/facets", q=q)
    await get("timeline", "/timeline", q=q)
    while page and page["next_cursor"] and chance.random() < 0.6:
        page = await get("next page", "", q=q, limit=60, cursor=page["next_cursor"])
    if page and page["items"]:
        await get("picture", f"/{chance.choice(page['items'])['id']}")


def _question(chance: random.Random) -> str:
    """What somebody looks for; nothing in one case of four."""
    words, tags = vocabulary(), tag_names()
    one, other = (words[int(min(chance.paretovariate(0.5), len(words) - 1))] for _ in range(2))
    tag = tags[int(min(chance.paretovariate(0.5), len(tags) - 1))]
    return chance.choice([
        "", "", one, f"{one} {other}", f'"{one} {other}"', f"{one} camera:canon iso:>=800",
        f"camera:{chance.choice('ns')}", f'tag:"{tag}"', f"taken:{chance.randint(2011, 2025)}",
        chance.choice(family_names()),
    ])  # fmt: skip


def _client(site: Site) -> httpx.AsyncClient:
    """Without certificates, which take 20 ms to read: fifty who come at once would wait for each other's here."""
    return httpx.AsyncClient(base_url=site.url, timeout=60, verify=False)


@asynccontextmanager
async def _signed_in(site: Site) -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, str]]]:
    async with _client(site) as client:
        await client.post("/auth/login", data={"username": site.admin_username, "password": site.admin_password})
        yield client, {"X-CSRF-Token": (await client.get("/api/v1/me")).json()["csrf_token"]}


def _photographs(number: int) -> list[bytes]:
    """As many as one person sends, made before: who takes them has another machine."""
    return [jpeg_bytes(_PHOTOGRAPH, 1_000 * number + one) for one in range(int(SECONDS))]


async def _upload(site: Site, photographs: Sequence[bytes], times: Times, until: float) -> None:
    async with _signed_in(site) as (client, write):
        for count, content in enumerate(photographs):
            if time.monotonic() > until:
                return
            files = {"file": (f"IMG_{count}.jpg", content)}
            await times.ask("upload", lambda files=files: client.post("/api/v1/images", files=files, headers=write))  # type: ignore[misc]
            await asyncio.sleep(1)


def _shown(taken: list[float]) -> str:
    cuts = quantiles(taken, n=20, method="inclusive") if len(taken) > 1 else taken * 19
    return f"p50 {cuts[9] * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms, slowest {max(taken) * 1000:.0f} ms"


if __name__ == "__main__":
    main()

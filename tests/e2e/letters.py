"""The letters of a gallery that sends no mail: its operator reads their links in the log."""

import asyncio
import re
import time
from urllib.parse import urlsplit

from tests.e2e.site import Site

_SECONDS = 60
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


async def last_link(site: Site, to: str, subject: str) -> str:
    """The path of the newest link of that subject to this address, once the worker has written it."""
    deadline = time.monotonic() + _SECONDS
    wanted = re.compile(rf"pass this link on by hand.*link=(\S+).*subject='{subject}.*to={re.escape(to)}")
    while time.monotonic() < deadline:
        log = _COLOURS.sub("", site.log.read_text(errors="replace"))
        if found := wanted.findall(log):
            parts = urlsplit(found[-1].strip("'"))
            return f"{parts.path}?{parts.query}"
        await asyncio.sleep(0.2)
    raise AssertionError(f"no letter {subject!r} to {to}")

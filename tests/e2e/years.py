"""A gallery of several years, and what its timeline says of them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Page, expect
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from clonegallery.db import async_url
from tests.crowd import add_crowd
from tests.e2e.site import Site

MANY = 5000
FIRST = datetime(2019, 3, 5, tzinfo=UTC)
APART = timedelta(hours=12)
COUNTS = Counter(f"{FIRST + number * APART:%Y-%m}" for number in range(MANY))
MONTHS = sorted(COUNTS, reverse=True)

_FIRST_SEEN = """() => {
  const tiles = [...document.querySelectorAll('.cg-tile')].map((tile) => [tile.getBoundingClientRect(), tile]);
  const seen = tiles.filter(([box]) => box.top >= 56).sort(([a], [b]) => a.top - b.top || a.left - b.left);
  return seen.length ? [seen[0][1].querySelector('a').getAttribute('aria-label'), seen[0][0].top] : null;
}"""


def add_years(site: Site) -> None:
    """Five thousand pictures of the Admin, one every twelve hours from March 2019 to January 2026."""
    with create_engine(async_url(site.database_url), poolclass=NullPool).connect() as connection:
        owner = connection.execute(text("SELECT id FROM users")).scalar_one()
    add_crowd(site.database_url, site.data_dir / "blobs", owner, MANY, first=FIRST, apart=APART)


def newest_of(month: str) -> str:
    """The title of the newest picture of a month."""
    return f"Picture {MANY - 1 - sum(COUNTS[later] for later in MONTHS if later > month)}"


def oldest_of(month: str) -> str:
    """The title of the oldest one."""
    return f"Picture {sum(COUNTS[earlier] for earlier in MONTHS if earlier < month)}"


def told(month: str) -> str:
    """What the slider says of a month."""
    return f"{datetime.fromisoformat(month + '-01'):%B %Y}, {COUNTS[month]} pictures"


def month_in(words: str) -> str:
    """The month that the slider or its bubble tells of."""
    return next(month for month in MONTHS if told(month) == words.replace(" · ", ", "))


def rail(page: Page) -> Locator:
    return page.get_by_role("slider", name="Jump to a month")


async def open_gallery(page: Page, site: Site, path: str = "/") -> None:
    await page.goto(site.url + path)
    await page.wait_for_selector(".cg-grid [role=listitem]")
    await expect(rail(page)).to_be_attached()


async def first_seen(page: Page) -> tuple[str, float]:
    """The title of the first picture wholly below the bar, and where it is."""
    name, top = await page.evaluate(_FIRST_SEEN)
    return name, top


async def expect_at(page: Page, name: str, top: float) -> None:
    """The first picture seen is this one, at this place but for a pixel or two."""
    found = await first_seen(page)
    assert (found[0], abs(found[1] - top) <= 2) == (name, True), (found, top)


async def expect_first(page: Page, name: str) -> None:
    await page.wait_for_function(f"name => ({_FIRST_SEEN})()?.[0] === name", arg=name)


async def jump(page: Page, site: Site, month: str) -> None:
    """Walk to `month` by keys, as fast as they go."""
    await rail(page).focus()
    await page.keyboard.press("Home")
    for _ in range(MONTHS.index(month)):
        await page.keyboard.press("ArrowDown")
    await page.wait_for_url(f"{site.url}/?start={month}")
    await expect_first(page, newest_of(month))


async def drawn(page: Page) -> None:
    """Wait until what was done so far has come to the page, and is painted: a frame for the browser to tell of it, one
    for the page to draw it, and one to be sure."""
    for _ in range(3):
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


async def at_rest(page: Page) -> None:
    """Wait until the page is scrolled no more, and has said so."""
    moving = True
    while moving:
        before = await page.evaluate("scrollY")
        await page.wait_for_timeout(600)
        moving = await page.evaluate("scrollY") != before

"""axe finds nothing on any page, at both sizes, light and dark."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.e2e.axe import violations
from tests.e2e.site import Site
from tests.e2e.visits import like, own_pictures, sign_in, upload
from tests.factories import jpeg_bytes

pytestmark = pytest.mark.e2e

_SIZES: Mapping[str, ViewportSize] = {
    "desktop": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
_SCHEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")
_FOR_ANYBODY = (
    *("/login", "/login?error=credentials", "/login?done=password", "/register", "/register?error=invalid"),
    *("/forgot-password", "/forgot-password?done=sent", "/reset-password", "/reset-password?token=x"),
    *("/verify-email", "/verify-email?token=x", "/verify-email?done=verified"),
    *("/upload", "/nowhere", "/u/nobody-here"),
)
_SIGNED_IN = (
    *("/", "/upload", "/verify-email", "/trash", "/settings", "/admin", "/admin?q=nobody", "/admin/audit"),
    *("/admin/models", "/favourites", "/create", "/queue"),
)

Found = dict[str, list[str]]


async def _look(page: Page, site: Site, path: str, found: Found) -> None:
    """Open a page, and let axe look at it at every size and in every scheme."""
    await page.set_viewport_size(_SIZES["desktop"])
    await page.goto(site.url + path)
    await page.wait_for_load_state("networkidle")
    await page.wait_for_selector("h1", state="attached")
    await page.wait_for_timeout(300)
    for size, viewport in _SIZES.items():
        await page.set_viewport_size(viewport)
        for scheme in _SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            found[f"{path} {size} {scheme}"] = await violations(page)


def _wrong(found: Found) -> Found:
    return {where: rules for where, rules in found.items() if rules}


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Without motion, which none of the pages needs."""
    context = await browser.new_context(reduced_motion="reduce")
    yield await context.new_page()
    await context.close()


async def test_no_page_for_anybody_has_a_violation(site: Site, page: Page) -> None:
    found: Found = {}
    for path in _FOR_ANYBODY:
        await _look(page, site, path, found)
    assert _wrong(found) == {}


async def test_no_page_of_somebody_has_a_violation(site: Site, page: Page, tmp_path: Path) -> None:
    found: Found = {}
    await sign_in(page, site, to="/upload")
    picture = tmp_path / "axe.jpg"
    picture.write_bytes(jpeg_bytes(seed=1445))
    await upload(page, [picture])
    image_id = next(card["id"] for card in await own_pictures(page, site) if card["title"] == picture.stem)
    await _look(page, site, "/favourites?empty", found)
    await like(page, site, image_id)
    for path in (*_SIGNED_IN, f"/create?init={image_id}", f"/u/{site.admin_username}", f"/image/{image_id}"):
        await _look(page, site, path, found)
    await like(page, site, image_id, liked=False)
    assert _wrong(found) == {}

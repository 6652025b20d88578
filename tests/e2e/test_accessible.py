"""axe finds nothing on any page, at both sizes, light and dark."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.e2e.site import Site
from tests.e2e.visits import like, own_pictures, sign_in, upload
from tests.factories import jpeg_bytes

pytestmark = pytest.mark.e2e

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


async def _violations(page: Page, address: str) -> list[str]:
    await page.goto(address)
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(600)
    found = await Axe().run(page)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_no_page_has_a_violation(
    site: Site, browser: Browser, tmp_path: Path, size: dict[str, int], scheme: Literal["light", "dark"]
) -> None:
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, color_scheme=scheme
    )
    page = await context.new_page()
    found = {
        path: await _violations(page, site.url + path)
        for path in (
            *("/login", "/login?error=credentials", "/login?done=password", "/register", "/register?error=invalid"),
            *("/forgot-password", "/forgot-password?done=sent", "/reset-password", "/reset-password?token=x"),
            *("/verify-email", "/verify-email?token=x", "/verify-email?done=verified"),
            *("/upload", "/nowhere", "/u/nobody-here"),
        )
    }
    await sign_in(page, site, to="/upload")
    picture = tmp_path / f"axe {scheme} {size['width']}.jpg"
    picture.write_bytes(jpeg_bytes(seed=size["width"] + len(scheme)))
    await upload(page, [picture])
    image_id = next(card["id"] for card in await own_pictures(page, site) if card["title"] == picture.stem)
    found["no favourites"] = await _violations(page, site.url + "/favourites")
    await like(page, site, image_id)
    for path in (
        "/",
        "/upload",
        "/verify-email",
        "/trash",
        "/settings",
        "/admin",
        "/admin?q=nobody",
        "/admin/audit",
        "/favourites",
        "/create",
        f"/create?init={image_id}",
        "/queue",
        f"/u/{site.admin_username}",
        f"/image/{image_id}",
    ):
        found[f"signed in {path}"] = await _violations(page, site.url + path)
    await like(page, site, image_id, liked=False)
    await context.close()
    assert {path: rules for path, rules in found.items() if rules} == {}

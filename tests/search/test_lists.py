"""Whatever changes, everybody's next list is as the database has it; what is only somebody's own disturbs nobody."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from clonegallery.accounts.own_account import update_account
from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork
from clonegallery.images import generated, service, trash
from clonegallery.images.schemas import ImageUpdate, Upload, UploadFields, Visibility
from clonegallery.images.views import views
from clonegallery.settings import get_settings
from tests.factories import jpeg_bytes
from tests.images.shared import cut_off, run_jobs
from tests.search.lists import Stage, all_shown, all_true, stage
from tests.statements import statements
from tests.ui.pages.pictures import picture_of

pytestmark = pytest.mark.usefixtures("database", "nothing_remembered")

Act = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changes lists: what is done before, what is done, and whether it is only its owner's affair."""

    act: Act
    own: bool = False
    before: Act | None = None


async def _nothing(work: UnitOfWork) -> None:
    """A generation would write its own row beside the picture."""


async def send(stage: Stage, visibility: Visibility = Visibility.PRIVATE) -> UUID:
    path = get_settings().quarantine_dir / "sent.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg_bytes())
    upload = Upload(path, "sent.jpg", "ab" * 32, path.stat().st_size)
    detail, _new = await service.accept_upload(stage.bob, upload, UploadFields(visibility=visibility))
    return detail.id


async def send_public(stage: Stage) -> None:
    await send(stage, Visibility.PUBLIC)


async def send_what_is_cut_off(stage: Stage) -> None:
    cut_off(get_settings().blobs_dir / "images" / str(await send(stage, Visibility.PUBLIC)))


async def publish_while_waiting(stage: Stage) -> None:
    await service.update(stage.bob, await send(stage), ImageUpdate(visibility=Visibility.PUBLIC))


async def work(_stage: Stage) -> None:
    assert await run_jobs() == 1


async def generate(stage: Stage) -> None:
    assert stage.bob.id is not None
    made = generated.NewPicture(stage.bob.id, jpeg_bytes(), "A pier", Visibility.PUBLIC, UUID(int=1), 0, None)
    await generated.keep_generated(made, _nothing, image_id=generated.new_image_id())


async def throw_away_long_ago(stage: Stage) -> None:
    then = utcnow() - timedelta(days=get_settings().trash_days + 1)
    await picture_of(stage.owner, deleted_at=then)


def edit(name: str, as_alice: bool = False, **changes: object) -> Act:
    async def act(stage: Stage) -> None:
        viewer = stage.alice if as_alice else stage.bob
        await service.update(viewer, getattr(stage, name), ImageUpdate.model_validate(changes))

    return act


CHANGES = {
    "a title": Change(edit("public", title="B")),
    "a title of a private picture": Change(edit("private", title="B"), own=True),
    "tags": Change(edit("public", tags=("sky",))),
    "no tags": Change(edit("public", tags=())),
    "tags of a private picture": Change(edit("private", tags=("sea",)), own=True),
    "a rating": Change(edit("public", rating="explicit")),
    "hidden": Change(edit("public", visibility="private")),
    "hidden by a moderator": Change(edit("public", as_alice=True, visibility="private")),
    "unlisted": Change(edit("public", visibility="unlisted")),
    "published": Change(edit("private", visibility="public")),
    "a private picture for who knows it": Change(edit("private", visibility="unlisted"), own=True),
    "liked": Change(lambda stage: service.like(stage.alice, stage.public)),
    "liked no more": Change(lambda stage: service.unlike(stage.charlie, stage.public)),
    "one's own is liked": Change(lambda stage: service.like(stage.bob, stage.private)),
    "thrown away": Change(lambda stage: service.trash(stage.bob, stage.public)),
    "thrown away by a moderator": Change(lambda stage: service.trash(stage.alice, stage.public)),
    "a private picture thrown away": Change(lambda stage: service.trash(stage.bob, stage.private), own=True),
    "put back": Change(lambda stage: service.restore(stage.bob, stage.trashed)),
    "deleted": Change(lambda stage: service.delete_permanently(stage.bob, stage.public)),
    "deleted from the trash": Change(lambda stage: service.delete_permanently(stage.bob, stage.trashed), own=True),
    "swept out of the trash": Change(lambda _stage: trash.purge_expired(), own=True, before=throw_away_long_ago),
    "sent": Change(send, own=True),
    "sent for all": Change(send_public, own=True),
    "ready": Change(work, own=True, before=send),
    "ready for all": Change(work, before=send_public),
    "ready, and published while it waited": Change(work, before=publish_while_waiting),
    "failed": Change(work, own=True, before=send_what_is_cut_off),
    "generated": Change(generate, own=True),
    "a name": Change(lambda stage: update_account(stage.bob, username="rob")),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_lists_are_as_the_database_has_them_after(what: str) -> None:
    change, people = CHANGES[what], await stage()
    if change.before is not None:
        await change.before(people)
    before = await all_shown(people.viewers)
    with statements() as sent:
        assert await all_shown(people.viewers) == before
    assert sent == [], "they are remembered"

    await change.act(people)
    with statements() as sent:
        kept = await all_shown([ANONYMOUS, people.charlie])
    assert (sent == []) == change.own
    after = await all_true(people.viewers)
    assert kept == {key: after[key] for key in kept}
    assert await all_shown(people.viewers) == after != before


async def test_looks_are_no_change_of_lists() -> None:
    people = await stage()
    before = await all_shown(people.viewers)
    await service.detail(ANONYMOUS, people.public)
    await views.flush()
    assert (await service.detail(people.bob, people.public)).views == 1
    with statements() as sent:
        assert await all_shown(people.viewers) == before
    assert sent == []

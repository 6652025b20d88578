"""Demo pictures: painted once, taken in once, also when a start was interrupted in between."""

import io
import os
from pathlib import Path

import pytest

from clonegallery.accounts import service as accounts
from clonegallery.accounts.schemas import Viewer
from clonegallery.demo.catalogue import catalogue
from clonegallery.errors import NotFound
from clonegallery.images import service as images
from clonegallery.images.schemas import FeedQuery
from clonegallery.runtime import seed
from clonegallery.runtime.painting import paint_share
from clonegallery.runtime.progress import Progress
from tests import factories
from tests.conftest import Services


@pytest.fixture
def two_pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A catalogue of two, painted already, so that the painters that start have nothing to do."""
    last = catalogue()[-2:]
    _paint(tmp_path / "demo")
    monkeypatch.setattr(seed, "catalogue", lambda: last)
    monkeypatch.setattr("clonegallery.runtime.painting.sys.executable", "/bin/true")
    return tmp_path / "demo"


def _paint(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for number in (-2, -1):
        paint_share(folder, len(catalogue()) + number, len(catalogue()))


async def _finish(folder: Path) -> int:
    seeding = seed.Seeding(folder)
    with Progress(out=io.StringIO()).step("Demo pictures") as step:
        return await seeding.finish(step)


async def test_pictures_arrive_once_and_public(database: Services, two_pictures: Path) -> None:
    with pytest.raises(NotFound):
        await _finish(two_pictures)  # Nobody is there yet to own them.
    person = await factories.alice()
    assert await seed.is_empty()
    assert await _finish(two_pictures) == 2
    assert "demo" not in os.listdir(two_pictures.parent)
    assert not await seed.is_empty()
    _paint(two_pictures)
    assert await _finish(two_pictures) == 0

    owner = next(known for known in await accounts.list_users() if known.id == person.id)
    viewer = Viewer(owner.id, owner.username, owner.email, owner.role)
    page = await images.feed(viewer, FeedQuery(count=True))
    assert b'"visibility":"public"' in page
    for picture in catalogue()[-2:]:
        assert picture.title.encode() in page


def test_a_painted_picture_is_not_painted_again(tmp_path: Path) -> None:
    picture = catalogue()[-1]
    (tmp_path / picture.filename).write_bytes(b"painted")
    paint_share(tmp_path, len(catalogue()) - 1, len(catalogue()))
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"painted"]

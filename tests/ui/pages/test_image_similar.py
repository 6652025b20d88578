"""The strip of similar pictures asks as whoever looks, and shows nothing of a picture that they may not see."""

import pytest

from clonegallery.accounts.schemas import Viewer
from clonegallery.errors import NotFound
from clonegallery.images import service as images
from clonegallery.search import service
from clonegallery.search.schemas import ScoredCard, SimilarPage
from clonegallery.ui import routes
from clonegallery.ui.pages.image_similar import SimilarState
from tests import factories
from tests.conftest import Services
from tests.ui.pages.pictures import picture_of
from tests.ui.tab import tab_of


async def test_the_strip_is_that_of_the_picture_in_the_address(
    database: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await factories.bob()
    one, other = await picture_of(bob, title="One"), await picture_of(bob, title="Other")
    waits = await picture_of(bob, title="Waits")
    asked: list[tuple[str | None, object]] = []

    async def similar(viewer: Viewer, image_id: object, limit: int) -> SimilarPage:
        asked.append((viewer.username, image_id))
        if image_id == other:
            raise NotFound
        cards = await images.cards_of(viewer, [other])
        items = [ScoredCard(**card, score=0.5) for card in cards.values()]
        return SimilarPage(
            items=[
                item.model_copy(update={"urls": item.urls.model_copy(update={"thumb_300": "/x"})}) for item in items
            ],
            model="m",
            placed=image_id != waits,
        )

    monkeypatch.setattr(service, "similar", similar)
    tab = await tab_of(bob, routes.image(str(one)))
    assert await tab.answer(SimilarState, "load") is None
    asked.pop()
    state = await tab.send(SimilarState, "load")
    assert [(item.title, item.href) for item in state.items] == [("Other", routes.image(str(other)))]
    tab.go(routes.image(str(other)))
    assert (await tab.send(SimilarState, "load")).items == []
    tab.go(routes.image(str(waits)))
    again = await tab.answer(SimilarState, "load")
    assert again is SimilarState.look_again, "it will be placed in a moment"
    asked.pop()
    tab.go("/image/nonsense")
    assert (await tab.send(SimilarState, "load")).items == []
    assert asked == [("bob", one), ("bob", other)]

"""What fits a text is found and what does not is not, on scenes and texts that the numbers were not chosen by."""

from collections.abc import Callable
from uuid import UUID

import pytest

from clonegallery.demo.scene import Colour, Ground, Hour, Mountains, OrbKind, Scene, Sky, Stars, Water
from clonegallery.inference.clip import Clip
from clonegallery.inference.own_models import CLIP, located
from clonegallery.search.fitting import FOUND_FROM, KEPT_FROM, Hit, Near, fitting, score
from tests.search.painted import PaintedGallery

_SCENES = 400


@pytest.fixture(scope="module")
def gallery() -> PaintedGallery:
    return PaintedGallery(Clip(located(CLIP)), 4711, _SCENES)


def _near(*strengths: float) -> list[Near]:
    return [Near(UUID(int=place), 0.2 + strength * 0.05, 0.2, 0.05) for place, strength in enumerate(strengths)]


def _places(hits: list[Hit]) -> list[int]:
    return [hit.id.int for hit in hits]


def _red_sun_over_blue_sea(scene: Scene) -> bool:
    red_sun = scene.orb is not None and scene.orb.kind is OrbKind.SUN and scene.orb.colour is Colour.RED
    return red_sun and scene.water is Water.SEA and scene.water_colour is Colour.BLUE


def _forest(scene: Scene) -> bool:
    return scene.trees is not None and scene.trees.is_forest


# What is there, the least share of it that is found, and the least share of what is found that is rightly so.
_TRUE: dict[str, tuple[Callable[[Scene], bool], float, float]] = {
    "a red sun over a blue sea": (_red_sun_over_blue_sea, 0.9, 0.15),
    "snowy mountains": (lambda scene: scene.mountains is Mountains.SNOWY, 0.45, 0.6),
    "a green forest": (_forest, 0.75, 0.7),
    "a meadow": (lambda scene: scene.ground is Ground.GRASS, 0.5, 0.8),
    "sunset": (lambda scene: scene.hour is Hour.DUSK, 0.8, 0.95),
    "a starry sky": (lambda scene: scene.stars is not Stars.NONE, 0.8, 0.9),
    "pink sky": (lambda scene: scene.sky is Sky.PINK, 0.9, 0.9),
    "desert": (lambda scene: scene.is_desert, 0.95, 0.95),
    "sea at night": (lambda scene: scene.hour is Hour.NIGHT and scene.water is Water.SEA, 0.8, 0.7),
}

_NONSENSE = (
    "invoice spreadsheet quarterly tax",
    "qwrtz plmk",
    "bicycle",
    "a plate of spaghetti",
    "a man with glasses",
    "quantum chromodynamics",
    "screenshot of an email",
    "1234567",
)


@pytest.mark.parametrize("text", _TRUE)
def test_most_of_what_is_there_is_found_and_little_else(gallery: PaintedGallery, text: str) -> None:
    is_meant, least_found, least_right = _TRUE[text]
    meant = {place for place, scene in enumerate(gallery.scenes) if is_meant(scene)}
    found = set(gallery.found([text])[text])
    assert len(found & meant) >= least_found * len(meant), (len(found & meant), len(meant))
    assert len(found & meant) >= least_right * len(found), (len(found & meant), len(found))


def test_what_fits_best_comes_first(gallery: PaintedGallery) -> None:
    first = gallery.found(["a red sun over a blue sea"])["a red sun over a blue sea"][:5]
    assert [_red_sun_over_blue_sea(gallery.scenes[place]) for place in first].count(True) >= 3


def test_what_is_not_there_finds_nothing(gallery: PaintedGallery) -> None:
    assert {text: found for text, found in gallery.found(_NONSENSE).items() if found} == {}


def test_the_best_decides_what_is_enough() -> None:
    assert _places(fitting(_near(1.0, 6.0, 2.1, 1.9))) == [1, 2]
    assert _places(fitting(_near(1.8, KEPT_FROM - 0.05, 0.0, KEPT_FROM + 0.05))) == [0, 3]
    assert fitting(_near(FOUND_FROM - 0.01, 1.5)) == []
    assert fitting([]) == []


def test_where_conditions_leave_some_the_best_of_all_decides() -> None:
    left = _near(2.1, 1.9, KEPT_FROM + 0.05)
    assert _places(fitting(left)) == [0, 1, 2]
    assert _places(fitting(left, _near(6.0, 2.1, 1.9, KEPT_FROM + 0.05))) == [0]
    assert fitting(left, _near(FOUND_FROM - 0.01)) == []
    assert _places(fitting(_near(KEPT_FROM + 0.05), _near(2.1, KEPT_FROM + 0.05))) == [0], "too weak to be the best"


def test_what_was_not_measured_is_left_out() -> None:
    unmeasured = [Near(UUID(int=7), 0.9, None, None), Near(UUID(int=8), 0.9, 0.1, None)]
    assert _places(fitting([*unmeasured, *_near(3.0)])) == [0]


def test_a_picture_to_which_all_texts_are_alike_stands_out_by_no_rounding() -> None:
    assert fitting([Near(UUID(int=1), 0.30001, 0.3, 0.0)]) == []


def test_scores_are_between_nothing_and_all_and_grow() -> None:
    scores = [score(strength / 4) for strength in range(-8, 60)]
    assert scores == sorted(scores)
    assert (score(-3), score(0), score(2)) == (0, 0, 0.5)
    assert 0.95 < score(10) < 1

"""What is kept back for judging is never taught, and every scene is what its number says."""

from clonegallery.demo.scene import OrbKind
from workers.training.scenes import is_kept_back, judging_scene, teaching_scene
from workers.training.traits import COUNTS, TRAITS, traits_of


def test_no_scene_that_judges_is_one_that_teaches() -> None:
    taught = [teaching_scene(1, index) for index in range(1_500)]
    judged = [judging_scene(1, index) for index in range(300)]
    assert not any(is_kept_back(scene) for scene in taught)
    assert all(is_kept_back(scene) for scene in judged)

    def combination(scene: object) -> tuple[object, ...]:
        return tuple(getattr(scene, name) for name in ("sky", "water", "ground", "mountains"))

    assert not set(map(combination, taught)) & set(map(combination, judged))


def test_a_number_always_gives_the_same_scene_and_another_one_another() -> None:
    assert teaching_scene(1, 7) == teaching_scene(1, 7)
    assert len({repr(teaching_scene(1, index)) for index in range(50)}) == 50
    assert teaching_scene(1, 7) != teaching_scene(2, 7)


def test_some_suns_have_colours_that_nature_would_not_give() -> None:
    suns = [scene.orb for index in range(800) if (scene := teaching_scene(3, index)).orb]
    by_hour = {(scene.hour, scene.orb.colour) for index in range(800) if (scene := teaching_scene(3, index)).orb}
    assert any(sun.kind is OrbKind.SUN for sun in suns)
    assert ("day", "red") in by_hour


def test_traits_are_numbers_below_their_counts() -> None:
    rows = [traits_of(teaching_scene(1, index)) for index in range(600)]
    for at, (name, count, _trait) in enumerate(TRAITS):
        seen = {row[at] for row in rows}
        assert max(seen) < count, name
        assert len(seen) > 1, name
    assert len(COUNTS) == len(TRAITS)

"""Many ways of saying what a scene holds: all of it or its main things, with and without colours, counts and sides.

Everything said is true of the scene; what is left out is left open. Meant for teaching models, and for asking them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np

from clonegallery.demo.caption import article, caption, ground_colour, listed, tags
from clonegallery.demo.scene import (
    Clouds,
    Colour,
    Ground,
    Height,
    Hour,
    Mountains,
    OrbKind,
    Relief,
    Scene,
    Side,
    Stars,
    TreeKind,
    Trees,
    Water,
)

T = TypeVar("T")

_HOURS: Final[Mapping[Hour, tuple[str, ...]]] = {
    Hour.DAWN: ("at dawn", "at sunrise", "in the early morning"),
    Hour.DAY: ("by day", "in daylight", "at noon"),
    Hour.DUSK: ("at dusk", "at sunset", "in the evening"),
    Hour.NIGHT: ("at night", "in the night", "at midnight"),
}
_CLOUDS: Final[Mapping[Clouds, tuple[str, ...]]] = {
    Clouds.WISPS: ("thin wisps of cloud", "wispy clouds", "thin clouds"),
    Clouds.FEW: ("a few clouds", "scattered clouds", "clouds"),
    Clouds.HEAVY: ("heavy clouds", "thick clouds", "an overcast sky"),
}
_STARS: Final[Mapping[Stars, tuple[str, ...]]] = {
    Stars.FEW: ("a few stars", "stars"),
    Stars.MANY: ("countless stars", "a starry sky", "many stars", "stars"),
}
_MOUNTAINS: Final[Mapping[Mountains, tuple[str, ...]]] = {
    Mountains.BARE: ("bare mountains", "rocky mountains", "mountains"),
    Mountains.SNOWY: ("snowy mountains", "snow-capped mountains", "snowy peaks", "mountains with snow"),
}
_INLAND: Final[Mapping[Ground, tuple[str, ...]]] = {
    Ground.GRASS: ("a green meadow", "a meadow", "green grass", "a green field"),
    Ground.STRAW: ("a golden field", "a wheat field", "a yellow field"),
    Ground.SNOW: ("a field of snow", "a snowy field", "snow"),
    Ground.SAND: ("a sandy desert", "a desert", "desert sand"),
}
_COAST: Final[Mapping[Ground, tuple[str, ...]]] = {
    Ground.GRASS: ("a green shore", "a grassy shore"),
    Ground.SNOW: ("a snowy shore", "a shore with snow"),
    Ground.SAND: ("a sandy beach", "a beach"),
}
_WATERS: Final[Mapping[Water, tuple[str, ...]]] = {
    Water.SEA: ("sea", "sea", "ocean"),
    Water.LAKE: ("lake",),
    Water.RIVER: ("river",),
}
_TREES: Final[Mapping[TreeKind, tuple[tuple[str, str], ...]]] = {
    TreeKind.CONIFER: (("conifer", "conifers"), ("fir tree", "fir trees"), ("pine tree", "pine trees")),
    TreeKind.ROUND: (("tree", "trees"),),
    TreeKind.PALM: (("palm tree", "palm trees"), ("palm", "palms")),
}
_LEAVES: Final[Mapping[Colour, tuple[str, ...]]] = {
    Colour.GREEN: ("green", ""),
    Colour.ORANGE: ("orange autumn", "orange"),
    Colour.RED: ("red autumn", "red"),
    Colour.YELLOW: ("yellow autumn", "yellow"),
    Colour.PINK: ("pink blossoming", "pink"),
    Colour.WHITE: ("snow-covered", "white"),
}
_SIDES: Final[Mapping[Side, tuple[str, ...]]] = {
    Side.LEFT: ("on the left", "to the left", "on the left side"),
    Side.CENTRE: ("in the centre", "in the middle"),
    Side.RIGHT: ("on the right", "to the right", "on the right side"),
}
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
_FRAMES: Final = ("{}", "{}", "{}", "{}", "a picture of {}", "a photo of {}", "a postcard of {}")


class _Speaker:
    """One way of speaking of `scene`, drawn from `rng` word by word."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        self.scene = scene
        self._rng = rng

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._rng.integers(len(options)))]

    def chance(self, probability: float) -> bool:
        return bool(self._rng.random() < probability)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return [items[index] for index in self._rng.permutation(len(items))]

    def hour(self) -> str:
        return self.pick(_HOURS[self.scene.hour])

    def sky(self) -> str:
        return self.pick((article(f"{self.scene.sky} sky"), f"{self.scene.sky} sky"))

    def above(self) -> list[str]:
        """What is in the sky, the sun or moon first."""
        scene, found = self.scene, []
        if scene.orb:
            found.append(self._orb())
        if scene.aurora:
            found.append(self.pick(("northern lights", "green northern lights", "an aurora")))
        if scene.rainbow:
            found.append("a rainbow")
        if scene.stars is not Stars.NONE:
            found.append(self.pick(_STARS[scene.stars]))
        if scene.clouds is not Clouds.NONE:
            found.append(self.pick(_CLOUDS[scene.clouds]))
        return found

    def below(self) -> list[str]:
        """Water and ground, the water first."""
        scene = self.scene
        found = [self.water()] if scene.water is not Water.NONE else []
        named = _COAST if scene.water is Water.SEA else _INLAND
        if scene.ground is not Ground.NONE:
            found.append(self.pick(named[scene.ground]))
        return found

    def behind(self) -> list[str]:
        """What rises in the distance."""
        scene = self.scene
        found = [] if scene.mountains is Mountains.NONE else [self.pick(_MOUNTAINS[scene.mountains])]
        if scene.relief is Relief.HILLS:
            found.append(self.pick((f"{ground_colour(scene.ground)} hills", "hills")))
        if scene.relief is Relief.DUNES:
            found.append(self.pick(("sand dunes", "dunes")))
        return found

    def things(self) -> list[str]:
        """What stands, floats, flies or grows there."""
        scene, found = self.scene, []
        if scene.trees:
            found.append(self._trees(scene.trees))
        if scene.houses:
            name = self.pick(("house", "house", "cottage"))
            found.append(
                self._where(
                    self._some(scene.houses.count, self._coloured(scene.houses.colour, name)), scene.houses.side
                )
            )
        if scene.lighthouse:
            found.append(self._where(self.pick(("a lighthouse", "a red and white lighthouse")), scene.lighthouse))
        if scene.boats:
            found.append(self._where(self._boats(scene.boats.count, scene.boats.sail), scene.boats.side))
        if scene.birds:
            found.append(self.pick(("birds", f"{_NUMBERS[scene.birds]} birds", "a flock of birds", "flying birds")))
        if scene.flowers:
            found.append(self.pick((f"{scene.flowers} flowers", f"many {scene.flowers} flowers", "flowers")))
        return found

    def water(self) -> str:
        name = self._coloured(self.scene.water_colour, self.pick(_WATERS[self.scene.water]), likely=0.75)
        return self.pick((article(name), f"the {name}"))

    def _orb(self) -> str:
        orb = self.scene.orb
        if orb is None:
            return ""
        name = self._coloured(orb.colour, str(orb.kind), likely=0.8)
        if orb.kind is OrbKind.SUN and orb.height is Height.LOW and self.chance(0.15):
            name = self.pick((f"setting {name}", f"low {name}") if self.scene.hour is Hour.DUSK else (f"low {name}",))
        return self._where(self.pick((article(name), article(name), f"the {name}")), orb.side, likely=0.3)

    def _trees(self, trees: Trees) -> str:
        single, many = self.pick(_TREES[trees.kind])
        leaves = self.pick(_LEAVES[trees.colour])
        if trees.is_forest:
            kinds = (
                f"a forest of {leaves} {many}",
                article(f"{leaves} forest".strip()),
                "a forest",
                f"many {leaves} {many}",
            )
            return " ".join(self.pick(kinds).split())
        return self._where(
            self._some(trees.count, f"{leaves} {single}".strip(), f"{leaves} {many}".strip()), trees.side
        )

    def _boats(self, count: int, sail: Colour) -> str:
        boats = self._some(count, self.pick(("sailing boat", "sailboat", "boat")))
        if self.chance(0.4):
            return boats
        sails = article(f"{sail} sail") if count == 1 and self.chance(0.5) else f"{sail} sails"
        return f"{boats} with {sails}"

    def _some(self, count: int, noun: str, plural: str = "") -> str:
        many = plural or f"{noun}s"
        if count == 1:
            return self.pick((article(noun), article(noun), f"one {noun}"))
        return many if self.chance(0.35) else f"{_NUMBERS[count]} {many}"

    def _coloured(self, colour: Colour, noun: str, likely: float = 0.7) -> str:
        return f"{colour} {noun}" if self.chance(likely) else noun

    def _where(self, thing: str, side: Side, likely: float = 0.45) -> str:
        return f"{thing} {self.pick(_SIDES[side])}" if self.chance(likely) else thing

    def some_of(self, items: Sequence[str], most: int) -> list[str]:
        """One to `most` of the items, in their order."""
        if not items:
            return []
        count = int(self._rng.integers(1, min(most, len(items)) + 1))
        kept = sorted(self._rng.choice(len(items), count, replace=False).tolist())
        return [items[index] for index in kept]


def _over(speaker: _Speaker) -> str:
    """ "a red sun over a blue sea" """
    top = speaker.pick(speaker.above() or [speaker.sky()])
    low = speaker.pick([*speaker.below(), *speaker.behind()])
    end = speaker.pick(("", f" {speaker.hour()}", f", {speaker.sky()}"))
    return f"{top} {speaker.pick(('over', 'above'))} {low}{end}"


def _with(speaker: _Speaker) -> str:
    """ "a lake at night with a forest and two boats" """
    place = speaker.pick([*speaker.below(), *speaker.behind()])
    rest = speaker.some_of([*speaker.above(), *speaker.things()], 4)
    when = f" {speaker.hour()}" if speaker.chance(0.6) else f" under {article(f'{speaker.scene.sky} sky')}"
    return f"{place}{when}{f' with {listed(rest)}' if rest else ''}"


def _behind(speaker: _Speaker) -> str:
    """ "snowy mountains behind a green lake, pink sky" """
    back, front = speaker.behind(), speaker.below()
    first = f"{listed(back)} behind {listed(front)}" if back else listed(front)
    things = speaker.some_of(speaker.things(), 2) if speaker.chance(0.6) else []
    return ", ".join([first, *things, speaker.pick((speaker.sky(), speaker.hour()))])


def _list(speaker: _Speaker) -> str:
    """ "dusk, orange sky, sea, three palm trees" """
    everything = [
        speaker.sky(),
        speaker.hour(),
        *speaker.above(),
        *speaker.behind(),
        *speaker.below(),
        *speaker.things(),
    ]
    return ", ".join(speaker.shuffled(speaker.some_of(everything, 7)))


def _things(speaker: _Speaker) -> str:
    """ "a white house on the left and a forest in the evening" """
    things = speaker.some_of(speaker.things() or speaker.above() or speaker.below(), 3)
    end = speaker.pick(("", f" {speaker.hour()}", f" on {speaker.pick(speaker.below())}"))
    return f"{listed(things)}{end}"


def _everything(speaker: _Speaker) -> str:
    """All of it, in one sentence of its own words."""
    things = speaker.things()
    place = listed(speaker.below())
    back = speaker.behind()
    sky = article(f"{speaker.scene.sky} sky")
    above = speaker.above()
    parts = [f"{place} {speaker.hour()} under {sky}{f' with {listed(above)}' if above else ''}"]
    parts += [f"{listed(back)} in the distance"] if back else []
    return ", ".join([*parts, *things])


def _tags(speaker: _Speaker) -> str:
    return ", ".join(speaker.some_of(tags(speaker.scene), 8))


_WAYS: Final[tuple[tuple[float, Callable[[_Speaker], str]], ...]] = (
    (0.22, lambda speaker: caption(speaker.scene)),
    (0.2, _everything),
    (0.18, _over),
    (0.14, _with),
    (0.1, _behind),
    (0.07, _things),
    (0.05, _list),
    (0.04, _tags),
)


def phrase(scene: Scene, rng: np.random.Generator) -> str:
    """One true thing that a person might say of the scene, or ask for to get it; long or short, as `rng` has it."""
    speaker = _Speaker(scene, rng)
    shares = np.array([share for share, _way in _WAYS])
    way = _WAYS[int(rng.choice(len(_WAYS), p=shares / shares.sum()))][1]
    said = way(speaker)
    return said if said[0].isupper() else speaker.pick(_FRAMES).format(said)

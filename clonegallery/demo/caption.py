"""Says in words what a scene holds: everything that is painted, and nothing that is not."""

from collections.abc import Sequence
from typing import Final

from clonegallery.demo.scene import (
    Clouds,
    Colour,
    Ground,
    Height,
    Hour,
    Mountains,
    Relief,
    Scene,
    Side,
    Stars,
    TreeKind,
    Trees,
    Water,
)

_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
_SIDES: Final[dict[Side, str]] = {
    Side.LEFT: "on the left",
    Side.CENTRE: "in the centre",
    Side.RIGHT: "on the right",
}
_HOURS: Final[dict[Hour, str]] = {
    Hour.DAWN: "At dawn",
    Hour.DAY: "By day",
    Hour.DUSK: "At dusk",
    Hour.NIGHT: "At night",
}
_CLOUDS: Final[dict[Clouds, str]] = {
    Clouds.WISPS: "thin wisps of cloud",
    Clouds.FEW: "a few clouds",
    Clouds.HEAVY: "heavy clouds",
}
_STARS: Final[dict[Stars, str]] = {Stars.FEW: "a few stars", Stars.MANY: "countless stars"}
_TREES: Final[dict[TreeKind, tuple[str, str]]] = {
    TreeKind.CONIFER: ("conifer", "conifers"),
    TreeKind.ROUND: ("tree", "trees"),
    TreeKind.PALM: ("palm tree", "palm trees"),
}
_LEAVES: Final[dict[Colour, str]] = {
    Colour.GREEN: "green",
    Colour.ORANGE: "orange autumn",
    Colour.RED: "red autumn",
    Colour.YELLOW: "yellow autumn",
    Colour.PINK: "pink blossoming",
    Colour.WHITE: "snow-covered",
}


def caption(scene: Scene) -> str:
    """Two or three full English sentences that name everything in the scene, with counts, colours and sides."""
    parts = [_sky(scene), _land(scene)]
    things = _things(scene)
    if things:
        verb = "is" if things[0].startswith(("a ", "an ", "one ")) else "are"
        parts.append(f"There {verb} {listed(things)}.")
    return " ".join(parts)


def listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def article(phrase: str) -> str:
    """The phrase with its indefinite article."""
    return f"{'an' if phrase[0] in 'aeio' else 'a'} {phrase}"


def _sky(scene: Scene) -> str:
    with_what = [_STARS[scene.stars]] if scene.stars is not Stars.NONE else []
    if scene.clouds is not Clouds.NONE:
        with_what.append(_CLOUDS[scene.clouds])
    sky = article(f"{scene.sky} sky") + (f" with {listed(with_what)}" if with_what else "")
    hour = _HOURS[scene.hour]
    if scene.orb:
        body = article(f"{scene.orb.colour} {scene.orb.kind}")
        height = "low" if scene.orb.height is Height.LOW else "high"
        return f"{hour}, {body} stands {height} {_SIDES[scene.orb.side]} in {sky}."
    if scene.aurora:
        return f"{hour}, green northern lights shine in {sky}."
    if scene.rainbow:
        return f"{hour}, a rainbow spans {sky}."
    return (
        f"{hour}, {sky} spreads over the land." if scene.ground is not Ground.NONE else f"{hour}, {sky} spreads above."
    )


def _land(scene: Scene) -> str:
    back = []
    if scene.mountains is not Mountains.NONE:
        back.append("snowy mountains" if scene.mountains is Mountains.SNOWY else "bare mountains")
    if scene.relief is Relief.HILLS:
        back.append(f"{ground_colour(scene.ground)} hills")
    if scene.relief is Relief.DUNES:
        back.append("sand dunes")
    front = _front(scene)
    if not back:
        return f"{front[0].upper()}{front[1:]} {'lies' if ' and ' not in front else 'lie'} below."
    rise = listed(back)
    return f"{rise[0].upper()}{rise[1:]} rise behind {front}."


def _front(scene: Scene) -> str:
    ground = ground_words(scene)
    if scene.water is Water.NONE:
        return ground
    water = article(f"{scene.water_colour} {scene.water}")
    return water if not ground else f"{water} and {ground}"


def ground_colour(ground: Ground) -> str:
    """The colour word for this ground."""
    words = {Ground.GRASS: "green", Ground.STRAW: "golden", Ground.SNOW: "white", Ground.SAND: "sandy", Ground.NONE: ""}
    return words[ground]


def ground_words(scene: Scene) -> str:
    """The ground as a noun phrase with its article; empty on the open sea."""
    if scene.is_desert:
        return "a sandy desert"
    coast = scene.water is Water.SEA
    words = {
        Ground.GRASS: "a green shore" if coast else "a green meadow",
        Ground.STRAW: "a golden field",
        Ground.SNOW: "a snowy shore" if coast else "a field of snow",
        Ground.SAND: "a sandy beach",
        Ground.NONE: "",
    }
    return words[scene.ground]


def _things(scene: Scene) -> list[str]:
    found = []
    if scene.trees:
        found.append(tree_words(scene.trees))
    if scene.houses:
        found.append(f"{_some(scene.houses.count, f'{scene.houses.colour} house')} {_SIDES[scene.houses.side]}")
    if scene.lighthouse:
        found.append(f"a red and white lighthouse {_SIDES[scene.lighthouse]}")
    if scene.boats:
        boats = _some(scene.boats.count, "sailing boat")
        sails = "a {} sail" if scene.boats.count == 1 else "{} sails"
        sails = sails.format(scene.boats.sail).replace("a orange", "an orange")
        found.append(f"{boats} with {sails} {_SIDES[scene.boats.side]}")
    if scene.birds:
        found.append(f"{_some(scene.birds, 'bird')} in the air")
    if scene.flowers:
        found.append(f"many {scene.flowers} flowers")
    return found


def _some(count: int, noun: str) -> str:
    return article(noun) if count == 1 else f"{_NUMBERS[count]} {noun}s"


def tree_words(trees: Trees) -> str:
    """The trees as a noun phrase: their number or that they are a forest, their colour, kind and side."""
    single, many = _TREES[trees.kind]
    leaves = _LEAVES[trees.colour]
    if trees.is_forest:
        return f"a forest of {leaves} {many}, nearest {_SIDES[_near_side(trees)]}"
    count = article(f"{leaves} {single}") if trees.count == 1 else f"{_NUMBERS[trees.count]} {leaves} {many}"
    return f"{count} {_SIDES[trees.side]}"


def _near_side(trees: Trees) -> Side:
    return Side.LEFT if trees.side is Side.LEFT else Side.RIGHT


def tags(scene: Scene) -> list[str]:
    """Lower-case single words or short phrases for what is in the scene, most general first, none twice."""
    found: list[str] = [
        "landscape" if scene.water is not Water.SEA else "seascape",
        str(scene.hour),
        f"{scene.sky} sky",
    ]
    if scene.orb:
        found.append(str(scene.orb.kind))
    named = {
        "stars": scene.stars is not Stars.NONE,
        "clouds": scene.clouds is not Clouds.NONE,
        "rainbow": scene.rainbow,
        "northern lights": scene.aurora,
        "mountains": scene.mountains is not Mountains.NONE,
        "snow": scene.mountains is Mountains.SNOWY or scene.ground is Ground.SNOW,
        "hills": scene.relief is Relief.HILLS,
        "desert": scene.is_desert,
        "beach": scene.ground is Ground.SAND and scene.water is Water.SEA,
        str(scene.water): scene.water is not Water.NONE,
        "forest": scene.trees is not None and scene.trees.is_forest,
        "trees": scene.trees is not None,
        "houses": scene.houses is not None,
        "lighthouse": scene.lighthouse is not None,
        "boats": scene.boats is not None,
        "birds": scene.birds > 0,
        "flowers": scene.flowers is not None,
    }
    return found + [name for name, present in named.items() if present]

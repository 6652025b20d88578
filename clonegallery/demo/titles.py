"""Titles as a person would give them: short, a little poetic, and never at odds with the picture."""

from collections.abc import Callable
from typing import Final
from zlib import crc32

import numpy as np

from clonegallery.demo.scene import (
    Clouds,
    Colour,
    Ground,
    Hour,
    Mountains,
    OrbKind,
    Relief,
    Scene,
    Stars,
    TreeKind,
    Water,
)

_Test = Callable[[Scene], bool]


def _orb(scene: Scene, kind: OrbKind) -> bool:
    return scene.orb is not None and scene.orb.kind is kind


def _tree(scene: Scene, kind: TreeKind) -> bool:
    return scene.trees is not None and scene.trees.kind is kind


_BANK: Final[tuple[tuple[_Test, tuple[str, ...]], ...]] = (
    (
        lambda s: s.aurora,
        ("When the Sky Dances", "Green Fire", "Aurora, Eleven Below", "The North Remembers", "Silent Curtain"),
    ),
    (lambda s: s.aurora and s.houses is not None, ("Lamplight and Aurora", "Supper under the Aurora")),
    (
        lambda s: s.rainbow,
        ("After the Rain", "A Bridge of Colour", "Seven Colours", "The Storm Moved On", "Worth the Soaking"),
    ),
    (lambda s: s.rainbow and s.houses is not None, ("Gold at Both Ends", "Rainbow over the Roofs")),
    (
        lambda s: s.lighthouse is not None,
        (
            "The Keeper's Watch",
            "Last Light on the Point",
            "A Lamp for the Late Ones",
            "The Old Light",
            "Where the Land Ends",
        ),
    ),
    (lambda s: s.lighthouse is not None and s.hour is Hour.NIGHT, ("One Beam, Many Miles", "The Night Keeper")),
    (
        lambda s: s.boats is not None,
        ("A Fair Wind", "Out with the Breeze", "Slow Sailing", "Nothing but Wind", "Canvas and Calm"),
    ),
    (
        lambda s: s.boats is not None and s.boats.count > 1,
        ("The Little Regatta", "Company on the Water", "Sailing Together"),
    ),
    (
        lambda s: s.boats is not None and s.boats.count == 1,
        ("One Small Sail", "Alone on the Water", "A Boat Named Patience"),
    ),
    (lambda s: s.boats is not None and s.hour is Hour.DUSK, ("Homeward before Dark", "Evening Sail")),
    (lambda s: s.boats is not None and s.hour is Hour.NIGHT, ("Night Passage", "Lanterns on the Water")),
    (
        lambda s: s.water is Water.SEA and s.hour is Hour.DUSK,
        ("The Sea Keeps the Fire", "Where the Day Goes", "Ember Tide", "Salt and Copper", "The Long Goodbye"),
    ),
    (
        lambda s: s.water is Water.SEA and s.hour is Hour.DAY,
        ("Salt Air", "Room for the Wind", "The Whole Blue Day", "Blue Hours", "An Honest Horizon"),
    ),
    (
        lambda s: s.water is Water.SEA and s.hour is Hour.DAWN,
        ("First Tide", "The Water Wakes", "A Quiet Start", "The Sea at Six", "Early Tide"),
    ),
    (
        lambda s: s.water is Water.SEA and s.hour is Hour.NIGHT,
        ("The Sea by Starlight", "Dark Water", "Night Tide", "What the Waves Whisper"),
    ),
    (
        lambda s: s.water is Water.LAKE,
        ("Still Water", "The Lake Holds Its Breath", "Mirror, Mirror", "Cold Water, Clear Head", "The Far Shore"),
    ),
    (lambda s: s.water is Water.LAKE and s.hour is Hour.NIGHT, ("The Lake Sleeps", "Night on the Lake")),
    (
        lambda s: s.water is Water.LAKE and s.mountains is not Mountains.NONE,
        ("Twice the Mountain", "Summit and Reflection", "Alpine Hush"),
    ),
    (
        lambda s: s.water is Water.RIVER,
        ("The River Knows the Way", "Downstream", "Upriver", "The Long Bend", "Follow the Water"),
    ),
    (lambda s: s.water is Water.RIVER and s.mountains is Mountains.SNOWY, ("Meltwater", "Born of Snow")),
    (
        lambda s: s.is_desert,
        ("A Thousand Grains", "The Quiet of Sand", "Caravan Country", "Nothing for Miles", "The Dune Sea"),
    ),
    (lambda s: s.is_desert and s.hour is Hour.NIGHT, ("Cold Sand, Bright Stars", "Desert Watch")),
    (lambda s: s.is_desert and s.hour is Hour.DUSK, ("Heat Leaving the Sand", "Rose Dunes")),
    (
        lambda s: s.mountains is Mountains.SNOWY,
        ("High Country", "Closer to the Sky", "White Giants", "Thin Air", "The Pass in View"),
    ),
    (
        lambda s: s.mountains is Mountains.SNOWY and s.hour in (Hour.DAWN, Hour.DUSK),
        ("Alpenglow", "Rose on the Peaks", "The Summits Catch Fire"),
    ),
    (lambda s: s.mountains is Mountains.BARE, ("Old Stone", "The Ridge Road", "Bones of the Earth", "Granite Weather")),
    (
        lambda s: s.ground is Ground.SNOW,
        ("First Snow", "The Quiet Season", "Deep Winter", "A Field of White", "Snow Light"),
    ),
    (
        lambda s: s.ground is Ground.SNOW and s.houses is not None,
        ("Warm Windows", "Snowed In", "Boots by the Door"),
    ),
    (lambda s: s.ground is Ground.STRAW, ("Harvest Gold", "Barley Country", "Late August", "The Ripe Fields")),
    (
        lambda s: s.flowers is not None,
        ("In Full Bloom", "The Meadow Speaks", "Wild Garden", "Bees Were Here", "A Carpet for Nobody"),
    ),
    (lambda s: s.flowers is Colour.RED, ("Poppy Time", "Poppies, Mostly")),
    (lambda s: s.flowers is Colour.PURPLE, ("Lavender Hours", "Purple Season")),
    (lambda s: s.flowers is Colour.YELLOW, ("Buttercup Weather", "Yellow as Far as It Goes")),
    (lambda s: _tree(s, TreeKind.PALM), ("Palm Time", "Postcard from the South", "Barefoot", "Coconut Weather")),
    (
        lambda s: _tree(s, TreeKind.ROUND) and s.trees is not None and s.trees.colour is Colour.PINK,
        ("Blossom Week", "Cherry Days", "Pink for a Fortnight"),
    ),
    (
        lambda s: s.trees is not None and s.trees.colour in (Colour.ORANGE, Colour.RED, Colour.YELLOW),
        ("The Turning of the Leaves", "October, Burning", "Autumn Keeps Its Word", "Leaf Fall"),
    ),
    (
        lambda s: s.trees is not None and s.trees.is_forest,
        ("Edge of the Forest", "Among the Trees", "The Wood Begins Here"),
    ),
    (lambda s: s.trees is not None and s.trees.count == 1, ("The Lone Tree", "One Tree Standing", "A Place to Wait")),
    (lambda s: s.trees is not None and s.trees.count == 2, ("Two Old Friends",)),
    (lambda s: s.trees is not None and s.trees.count == 3, ("Three Sentinels",)),
    (lambda s: s.houses is not None and s.houses.count == 1, ("The House at the End", "Somebody's Whole World")),
    (lambda s: s.houses is not None and s.houses.count > 1, ("Neighbours", "The Hamlet", "Good Neighbours, Far Away")),
    (lambda s: s.houses is not None and s.hour is Hour.DUSK, ("Lights Coming On", "Nearly Home")),
    (lambda s: s.houses is not None and s.hour is Hour.NIGHT, ("Somebody Is Still Awake", "A Light in the Window")),
    (
        lambda s: s.hour is Hour.NIGHT and s.stars is Stars.MANY,
        ("River of Stars", "More Stars than Sky", "Under the Milky Way", "Count Them If You Can"),
    ),
    (
        lambda s: s.hour is Hour.NIGHT and _orb(s, OrbKind.MOON),
        ("Moonrise", "Borrowed Light", "The Moon Looks In", "A Coin in the Sky"),
    ),
    (
        lambda s: s.hour is Hour.DAWN,
        ("First Light", "Before Anyone Is Up", "The Day Unfolds", "Dawn Chorus", "Soft Beginnings"),
    ),
    (
        lambda s: s.hour is Hour.DUSK,
        ("Last Light", "The Sky Lets Go", "Golden Hour, Five Minutes Late", "Day's End", "Slow Burn"),
    ),
    (lambda s: s.hour is Hour.DUSK and _orb(s, OrbKind.SUN), ("The Sun Takes Its Time", "Going Down Slowly")),
    (
        lambda s: s.hour is Hour.DAY and s.clouds is Clouds.FEW,
        ("Cotton Sky", "Fair Weather", "Cloud Shadows", "A Day with Nothing in It"),
    ),
    (lambda s: s.clouds is Clouds.HEAVY, ("Weather Coming", "Before the Rain", "Big Sky")),
    (lambda s: s.birds > 0, ("Flying South", "Wings", "They Always Come Back")),
    (lambda s: s.relief is Relief.HILLS, ("Over the Hills", "Rolling Country", "Hill after Hill")),
    (lambda s: s.relief is Relief.FLAT and s.water is Water.NONE, ("The Plain", "Room to Breathe", "Wide Open")),
)


def titles(scene: Scene) -> list[str]:
    """Every title that suits the scene, in an order of its own for each scene; at least one, none twice."""
    rng = np.random.default_rng(crc32(repr(scene).encode()))
    fitting = [phrase for suits, phrases in _BANK if suits(scene) for phrase in phrases]
    fitting = list(dict.fromkeys(fitting)) or ["A View to Keep"]
    return [fitting[index] for index in rng.permutation(len(fitting))]


def title(scene: Scene) -> str:
    """A short title that suits the scene; the same scene always has the same one."""
    return titles(scene)[0]

"""Places on the map: a circle as people write it."""

import re

from clonegallery.images.conditions import Box, Circle, latitude_of, longitude_of
from clonegallery.search.query.scales import NUMERAL, plain

_RADIUS = re.compile(rf"({NUMERAL})\s*(km|m|)", re.ASCII)
# Nobody is farther away than on the other side of the Earth: half of its circumference.
_FARTHEST_M = 20_015_000.0


def circle_of(text: str) -> Circle:
    """The circle that `latitude,longitude,radius` describes; the radius is in km unless it says m.

    Raises `ValueError`, with words where they help.
    """
    parts = text.split(",")
    if len(parts) != 3:
        raise ValueError
    return Circle(latitude_of(parts[0]), longitude_of(parts[1]), _metres(parts[2]))


def write_place(place: Box | Circle) -> str:
    """What `circle_of` or `box_of` reads as `place`."""
    if isinstance(place, Box):
        return ",".join(plain(edge) for edge in (place.west, place.south, place.east, place.north))
    return f"{plain(place.latitude)},{plain(place.longitude)},{write_radius(place, '')}"


def write_radius(circle: Circle, gap: str) -> str:
    """The radius in the unit that suits it, with `gap` between the number and the unit."""
    kilometres = circle.radius_m >= 1000
    return f"{plain(circle.radius_m / 1000)}{gap}km" if kilometres else f"{plain(circle.radius_m)}{gap}m"


def _metres(text: str) -> float:
    found = _RADIUS.fullmatch(text.strip())
    if found is None:
        raise ValueError
    metres = round(float(found[1]) * (1 if found[2] == "m" else 1000), 3)
    if not 0 < metres <= _FARTHEST_M:
        raise ValueError(f"the radius is more than 0 and at most {_FARTHEST_M / 1000:,.0f} km")
    return metres

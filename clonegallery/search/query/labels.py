"""Terms in words, for people to read."""

from calendar import month_name

from clonegallery.images.conditions import Box, Circle, Condition, ConditionName, Range
from clonegallery.search.query.dates import ends
from clonegallery.search.query.keys import SCALES
from clonegallery.search.query.places import write_radius
from clonegallery.search.query.scales import numbers_of, plain
from clonegallery.search.query.terms import Like, Phrase, Term, Word

_EN_DASH = "\u2013"
_BEFORE = {
    ConditionName.CAMERA: "camera",
    ConditionName.CAMERA_MAKE: "camera by",
    ConditionName.CAMERA_MODEL: "camera model",
    ConditionName.LENS: "lens",
    ConditionName.TAG: "tagged",
    ConditionName.OWNER: "by",
    ConditionName.SOURCE: "source",
    ConditionName.MODEL: "made with",
    ConditionName.PROMPT: "prompt with",
    ConditionName.SEED: "seed",
    ConditionName.RATING: "rated",
    ConditionName.VISIBILITY: "visibility",
}
_AROUND = {
    ConditionName.APERTURE: ("f/", ""),
    ConditionName.ISO: ("ISO ", ""),
    ConditionName.FOCAL_LENGTH: ("", " mm"),
    ConditionName.EXPOSURE: ("", " s"),
}


def label_of(term: Term) -> str:
    """What a term asks for, such as `f/2.8`, `not beach` or `taken June 2025`."""
    match term:
        case Word(text=text):
            label = text
        case Phrase(text=text):
            label = f"“{text}”"
        case Like():
            return "looks like a picture"
        case Condition():
            label = _condition(term)
    return f"not {label}" if term.negated else label


def _condition(condition: Condition) -> str:
    match condition.value:
        case Range() as value if condition.name is ConditionName.TAKEN:
            return f"taken {_interval(value)}"
        case Range() as value:
            return _range(condition.name, value)
        case Box() as box:
            return f"between {_point(box.south, box.west)} and {_point(box.north, box.east)}"
        case Circle() as circle:
            return f"within {write_radius(circle, ' ')} of {_point(circle.latitude, circle.longitude)}"
        case bool():
            return "with a place"
        case other:
            return f"{_BEFORE[condition.name]} {other}"


def _point(latitude: float, longitude: float) -> str:
    return f"{plain(latitude)}, {plain(longitude)}"


def _range(name: ConditionName, value: Range) -> str:
    """`ISO up to 1600`, `from 50 mm`: the sign of an f-number stands at the number, that of ISO before the words."""
    scale, (before, after) = SCALES[name], _AROUND[name]
    sign = before if before.endswith("/") else ""
    lead = "" if sign else before
    middle = scale.middle(value)
    if middle is not None:
        return f"{before}{scale.numeral(middle)}{after}"
    low, high = numbers_of(value)
    if low is None:
        return f"{lead}{'under' if value.high_open else 'up to'} {sign}{scale.numeral(high or 0)}{after}"
    if high is None:
        return f"{lead}{'over' if value.low_open else 'from'} {sign}{scale.numeral(low)}{after}"
    return f"{before}{scale.numeral(low)}{_EN_DASH}{scale.numeral(high)}{after}"


def _interval(value: Range) -> str:
    first, last = ends(value)
    if first is None or last is None:
        return f"from {_date(first)}" if first else f"until {_date(last or '')}"
    return _date(first) if first == last else f"{_date(first)} {_EN_DASH} {_date(last)}"


def _date(text: str) -> str:
    """`2024`, `June 2024` or `15 June 2024`."""
    year, *rest = text.split("-")
    names = [month_name[int(rest[0])]] if rest else []
    days = [str(int(day)) for day in rest[1:]]
    return " ".join([*days, *names, year])

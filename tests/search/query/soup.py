"""Texts that look like searches."""

from hypothesis import strategies as st

from clonegallery.search.query import KEYS

_KEYS = [name for key in KEYS for name in (key.key, *key.aliases)]
_NUMBERS = [
    "0",
    "1",
    "2.8",
    "1/60",
    "1/3",
    "0.123456789012345",
    ".5",
    "5.",
    "1600",
    "99999999",
    "-1",
    "nan",
    "\uff11\uff16",
]
_DATES = ["2024", "2024-06", "2024-06-30", "2023-12-31", "1826", "2099-12-31", "2024-13"]
_NAMES = [
    r"\\",
    r"\"",
    "a\\",
    r"say \"hi\"",
    "canon",
    "Été",
    "e\u0301",
    "a,b",
    "//x",
    "-x",
    "x*",
    "me",
    "gps",
    "general",
    "İ",
    "海",
    "\u200fx",
    "≠",
    "=",
]
_MARKS = [
    "..",
    "<",
    "<=",
    ">",
    ">=",
    ",",
    ":",
    "\uff1a",
    "-",
    "*",
    '"',
    "\u201c",
    " ",
    "\u3000",
    "\x1f",
    "\u0338",
    "//",
    ".",
]
_PLACES = [
    "46.5,7.9,10km",
    "0,0,1.5m",
    "-0,0.1,20015",
    "170,-50,-170,-30",
    "1,2,3,4",
    "0198c0de-7a11-7000-8000-00000000beef",
]
_PARTS = st.sampled_from([*_NUMBERS, *_DATES, *_NAMES, *_MARKS, *_PLACES])
_BOUNDS = st.sampled_from([*_NUMBERS, *_DATES]) | st.decimals(0, 100, places=4).map(str) | st.dates().map(str)


@st.composite
def _ranges(draw: st.DrawFn) -> str:
    first, last = draw(_BOUNDS), draw(_BOUNDS)
    return draw(st.sampled_from([first, f"{first}..{last}", f"{first}..", f"..{last}", f"<{last}", f">={first}"]))


@st.composite
def _keyed(draw: st.DrawFn) -> str:
    value = draw(st.one_of(_ranges(), _PARTS, st.text(max_size=5)))
    quote, equals = draw(st.sampled_from(["", "", '"'])), draw(st.sampled_from(["", "", "=", "\uff1d"]))
    return f"{draw(st.sampled_from(['', '-']))}{draw(st.sampled_from(_KEYS))}:{equals}{quote}{value}{quote}"


def soups() -> st.SearchStrategy[str]:
    """Terms and pieces of terms, in and out of order, with and without spaces between them."""
    pieces = st.lists(st.one_of(_keyed(), _PARTS, st.text(max_size=5)), max_size=6)
    return st.builds(str.join, st.sampled_from([" ", "  ", "", "\u3000"]), pieces)


def terms() -> st.SearchStrategy[str]:
    """The text of one term, good or bad."""
    return st.one_of(_keyed(), _PARTS, st.text(max_size=5))

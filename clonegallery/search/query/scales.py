"""Numbers and ranges of them: read as people write them, written as they are read again."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clonegallery.images.conditions import Range

NUMERAL = r"(?:\d+(?:\.\d*)?|\.\d+)"
COMPARISON = re.compile(r"(<=|>=|<|>)(.*)", re.DOTALL)
BACKWARDS = "the lower end of a range comes first"


@dataclass(frozen=True, slots=True)
class Scale:
    """What a number may be, and how far from it one that is meant to be the same may lie.

    `prefix` and `suffix` may stand around a number, as in `f/2.8` and `50mm`. Where `fractions` is set, `1/250` is a
    number too. A camera rounds what it writes, so a plain number reaches `absolute` or `relative` to both sides.
    """

    smallest: float
    largest: float
    prefix: str = ""
    suffix: str = ""
    fractions: bool = False
    absolute: float = 0.0
    relative: float = 0.0

    def range_of(self, text: str) -> Range:
        """`a..b`, `a..`, `..b`, `<a`, `<=a`, `>a`, `>=a` or `a`. Raises `ValueError`, with words where they help."""
        if compared := COMPARISON.fullmatch(text):
            bound, is_open = self._number(compared[2]), "=" not in compared[1]
            return Range(high=bound, high_open=is_open) if text[0] == "<" else Range(low=bound, low_open=is_open)
        first, dots, last = text.partition("..")
        if not dots:
            return self._about(self._number(text))
        if not first.strip() and not last.strip():
            raise ValueError
        low = self._number(first) if first.strip() else None
        high = self._number(last) if last.strip() else None
        if low is not None and high is not None and low > high:
            raise ValueError(BACKWARDS)
        return Range(low, high)

    def write(self, value: Range) -> str:
        """What `range_of` reads as `value`."""
        low, high = numbers_of(value)
        if high is None:
            return f"{'>' if value.low_open else '>='}{self.numeral(low or 0)}"
        if low is None:
            return f"{'<' if value.high_open else '<='}{self.numeral(high)}"
        middle = self.middle(value)
        return f"{self.numeral(low)}..{self.numeral(high)}" if middle is None else self.numeral(middle)

    def middle(self, value: Range) -> float | None:
        """The plain number that is read as `value`, if there is one."""
        low, high = numbers_of(value)
        if low is None or high is None:
            return None
        guesses = self._guesses((low + high) / 2)
        return next((guess for guess in guesses if self._about(guess) == value), None)

    def numeral(self, number: float) -> str:
        """One bound as it is written, without a unit."""
        if self.fractions and number <= 0.5 and 1 / round(1 / number) == number:
            return f"1/{round(1 / number)}"
        return plain(number)

    def _number(self, text: str) -> float:
        over = rf"(?:/({NUMERAL}))?" if self.fractions else "()"
        form = rf"(?:{self.prefix})?\s*({NUMERAL}){over}\s*(?:{self.suffix})?"
        found = re.fullmatch(form, text.strip(), re.ASCII)
        if found is None:
            raise ValueError
        above, below = float(found[1]), float(found[2] or 1)
        number = above / below if below else math.inf
        if not self.smallest <= number <= self.largest:
            raise ValueError(f"the least is {self.numeral(self.smallest)}, the most {self.numeral(self.largest)}")
        return number

    def _about(self, number: float) -> Range:
        away = self.absolute + self.relative * number
        if not away:
            return Range(number, number)
        low, high = _rounded(number - away), _rounded(number + away)
        return Range(max(low, self.smallest), min(high, self.largest))

    def _guesses(self, number: float) -> Iterator[float]:
        if self.fractions:
            yield 1 / max(1, round(1 / number))
        yield _rounded(number)


def plain(number: float) -> str:
    """The shortest decimal that is read as this number again, never with an exponent."""
    return str(int(number)) if number == int(number) else format(Decimal(repr(number)), "f")


def numbers_of(value: Range) -> tuple[float | None, float | None]:
    """The bounds of a range of numbers; None for those it lacks."""
    low, high = value.low, value.high
    return None if isinstance(low, datetime) else low, None if isinstance(high, datetime) else high


def _rounded(number: float) -> float:
    return float(f"{number:.12g}")

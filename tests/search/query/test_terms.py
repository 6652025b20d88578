"""A query tells its words, its conditions and its picture apart."""

from uuid import UUID

from clonegallery.images.conditions import Condition, ConditionName
from clonegallery.search.query import Like, Phrase, Query, Word, parse

_ID = "0198c0de-7a11-7000-8000-00000000beef"


def test_terms_are_told_apart() -> None:
    query = parse(f'sun -dog tag:sea "golden hour" -"red car" like:{_ID} -has:gps')
    assert query.words == (
        Word("sun"),
        Word("dog", negated=True),
        Phrase("golden hour"),
        Phrase("red car", negated=True),
    )
    assert query.conditions == (
        Condition(ConditionName.TAG, "sea"),
        Condition(ConditionName.GPS, True, negated=True),
    )
    assert query.like == Like(UUID(_ID))
    assert query.plain_text == "sun golden hour"


def test_nothing_asks_for_nothing() -> None:
    assert (Query().words, Query().conditions, Query().like, Query().plain_text) == ((), (), None, "")


def test_equal_queries_are_one_key() -> None:
    assert len({parse("f:2.8 sun"), parse("F:2.80  sun"), parse("aperture:2.8 sun*")}) == 1

"""Several rankings become one: what stands high in more than one stands highest."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from clonegallery.search.fusion import CONSTANT, Reason, Scored, fuse

_A, _B, _C = (UUID(int=n) for n in range(1, 4))


def test_an_item_gets_of_each_ranking_what_its_rank_gives() -> None:
    words = [Scored(_A), Scored(_B)]
    meaning = [Scored(_B, 0.9), Scored(_C, 0.4)]
    found = fuse({Reason.WORDS: words, Reason.MEANING: meaning})
    assert [one.id for one in found] == [_B, _A, _C]
    assert [one.strength for one in found] == [
        1 / (CONSTANT + 2) + 1 / (CONSTANT + 1),
        1 / (CONSTANT + 1),
        1 / (CONSTANT + 2),
    ]
    assert [one.why for one in found] == [
        ((Reason.WORDS, None), (Reason.MEANING, 0.9)),
        ((Reason.WORDS, None),),
        ((Reason.MEANING, 0.4),),
    ]


def test_of_nothing_comes_nothing() -> None:
    assert fuse({}) == fuse({Reason.WORDS: []}) == []


_RANKING = st.lists(st.integers(1, 40), unique=True).map(lambda ns: [Scored(UUID(int=n)) for n in ns])


@given(_RANKING, _RANKING)
def test_the_same_rankings_give_the_same_list_of_everything_once(words: list[Scored], look: list[Scored]) -> None:
    found = fuse({Reason.WORDS: words, Reason.LOOK: look})
    assert fuse({Reason.LOOK: look, Reason.WORDS: words}) == [
        type(one)(one.id, one.strength, tuple(sorted(one.why, key=lambda why: why[0] is Reason.WORDS))) for one in found
    ]
    assert sorted(one.id for one in found) == sorted({one.id for one in (*words, *look)})
    assert [one.strength for one in found] == sorted((one.strength for one in found), reverse=True)
    alone = fuse({Reason.WORDS: words})
    assert [one.id for one in alone] == [one.id for one in words], "one ranking alone stays as it is"

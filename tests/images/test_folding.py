"""Words are compared without case, accents and punctuation, in any script."""

# ruff: noqa: RUF001 Letters of other scripts are what this is about.

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonegallery.images.folding import MAX_WORD, folded, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café au lait", "cafe au lait"),
        ("STRASSE, Straße", "strasse strasse"),
        ("Ærø – Łódź", "aero lodz"),
        ("İstanbul ISPARTA ısı", "istanbul isparta isi"),
        ("ﬁsh ＡＢＣ １２", "fish abc 12"),
        ("Ελλάδα Ёлка", "ελλαδα елка"),
        ("東京タワー at night", "東 京 タ ワ ー at night"),
        ("서울의 밤", "서울의 밤"),
        ("snake_case and f/2.8", "snake case and f 2 8"),
        ("'); DROP TABLE images; --", "drop table images"),
        ("🌅 ... !", ""),
        ("e\u0301te\u0301 \u202eשלום", "ete שלום"),
    ],
)
def test_what_people_mean_to_be_the_same_is_the_same(text: str, expected: str) -> None:
    assert folded(text) == expected


@given(st.text(max_size=60))
def test_folding_is_done_once_and_leaves_letters_and_digits_only(text: str) -> None:
    words = words_of(text)
    assert all(word.isalnum() and len(word) <= MAX_WORD for word in words), words
    assert words_of(" ".join(words)) == words


def test_a_word_without_an_end_is_cut() -> None:
    assert [len(word) for word in words_of("a" * 5000)] == [MAX_WORD]

"""Searches as chips, and terms added and taken away."""

import pytest
from hypothesis import assume, given

from clonegallery.search.query import MAX_TERMS, Chip, QueryError, chips, parse, with_term, without_term, write
from tests.search.query.soup import soups


@pytest.mark.parametrize(
    ("term", "label"),
    [
        ("beach", "beach"),
        ("-beach", "not beach"),
        ('"golden hour"', "“golden hour”"),
        ('-"golden hour"', "not “golden hour”"),
        ("camera:canon", "camera canon"),
        ('camera:="canon eos r5"', "camera canon eos r5"),
        ("make:nikon", "camera by nikon"),
        ("lens:50mm", "lens 50mm"),
        ("tag:beach", "tagged beach"),
        ("-tag:beach", "not tagged beach"),
        ("by:alice", "by alice"),
        ("model:sdxl", "made with sdxl"),
        ("seed:42", "seed 42"),
        ("has:gps", "with a place"),
        ("-has:gps", "not with a place"),
        ("f:2.8", "f/2.8"),
        ("f:2.8..5.6", "f/2.8\u20135.6"),
        ("f:<=4", "up to f/4"),
        ("f:>4", "over f/4"),
        ("iso:100", "ISO 100"),
        ("iso:<=1600", "ISO up to 1600"),
        ("iso:<1600", "ISO under 1600"),
        ("mm:>=50", "from 50 mm"),
        ("mm:50..85", "50\u201385 mm"),
        ("s:<1/250", "under 1/250 s"),
        ("s:1/250", "1/250 s"),
        ("taken:2024", "taken 2024"),
        ("taken:2024-06", "taken June 2024"),
        ("taken:2024-06-05", "taken 5 June 2024"),
        ("taken:2024..2025-06", "taken 2024 \u2013 June 2025"),
        ("taken:<=2023", "taken until 2023"),
        ("taken:>=2024", "taken from 2024"),
        ("near:46.5,7.9,10km", "within 10 km of 46.5, 7.9"),
        ("near:46.5,7.9,250m", "within 250 m of 46.5, 7.9"),
        ("bbox:5.9,45.8,10.5,47.8", "between 45.8, 5.9 and 47.8, 10.5"),
        ("like:0198c0de-7a11-7000-8000-00000000beef", "looks like a picture"),
    ],
)
def test_a_chip_says_in_words_what_is_asked_for(term: str, label: str) -> None:
    assert chips(term) == [Chip(label, term)]


def test_chips_keep_their_order() -> None:
    assert [chip.term for chip in chips('sun -dog Tag:Sea "a  b" ')] == ["sun", "-dog", "tag:sea", '"a b"']


@pytest.mark.parametrize(
    ("text", "term", "longer"),
    [
        ("", "tag:beach", "tag:beach"),
        ("golden sun", "tag:beach", "tag:beach golden sun"),
        ("golden sun ", "tag:beach", "tag:beach golden sun "),
        ("iso:100 sun", "-dog", "iso:100 -dog sun"),
        ("sun -dog", "tag:beach", "sun -dog tag:beach"),
        ("golden ", "sun", "golden sun "),
        ("sun", "dog", "sun* dog "),
        ("tag:Beach sun", "tag:beach", "tag:beach sun"),
        ("sun", "sun", "sun"),
        ("iso:100", 'camera:"canon eos r5" tag:a', 'iso:100 camera:"canon eos r5" tag:a'),
    ],
)
def test_a_term_is_added_once(text: str, term: str, longer: str) -> None:
    assert with_term(text, term) == longer


@pytest.mark.parametrize(
    ("text", "term", "shorter"),
    [
        ("tag:Beach sun", "tag:beach", "sun"),
        ("golden sun", "golden", "sun"),
        ("golden sun", "sun", "golden "),
        ("golden* sun", "golden", "sun"),
        ("sun -sun", "-sun", "sun "),
        ("sun", "moon", "sun"),
        ("f:2.80 iso:100", "f:2.8", "iso:100"),
    ],
)
def test_a_term_is_taken_away(text: str, term: str, shorter: str) -> None:
    assert without_term(text, term) == shorter


@pytest.mark.parametrize(("text", "term"), [('"', "a"), ("a", '"'), ("a " * MAX_TERMS, "tag:b")])
def test_what_cannot_be_read_is_not_added(text: str, term: str) -> None:
    with pytest.raises(QueryError):
        with_term(text, term)


@given(soups())
def test_every_chip_takes_its_own_term_away(text: str) -> None:
    try:
        shown = chips(text)
    except QueryError:
        assume(False)
    for chip in shown:
        others = [other.term for other in chips(without_term(text, chip.term))]
        assert chip.term not in others
        assert len(others) < len(shown)
    left = write(parse(text))
    for chip in shown:
        left = without_term(left, chip.term)
    assert left == ""

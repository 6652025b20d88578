"""What cannot be searched for says where it is and what would be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonegallery.search.query import KEYS, MAX_LENGTH, MAX_TERMS, QueryError, parse
from tests.search.query.soup import soups

_ID = "0198c0de-7a11-7000-8000-00000000beef"


def _error(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ("iso:abc", "iso takes a number or a range such as iso:100..800"),
        ("iso:", "iso needs a number or a range right after its colon"),
        ('camera:""', "camera needs the name of a camera"),
        ('camera:=""', "camera needs the name of a camera"),
        ("-lens:=", "lens needs the name of a lens"),
        ("camera:=?!", "camera: a name has letters or digits"),
        ('-tag:" "', "tag needs a tag"),
        ("f:9..1", "f: the lower end of a range comes first"),
        ("iso:..", "iso takes"),
        ("iso:100-800", "iso takes"),
        ("iso:1..2..3", "iso takes"),
        ("iso:<", "iso takes"),
        ("iso:1/2", "iso takes"),
        ("iso:1e3", "iso takes"),
        ("f:nan", "f takes"),
        ("f:inf", "f takes"),
        ("f:-inf", "f takes"),
        ("f:-2", "f takes"),
        ("f:0", "f: the least is 0.1, the most 100"),
        ("f:101", "f: the least is"),
        ("iso:0", "iso: the least is 1, the most 10000000"),
        (f"iso:{'9' * 400}", "iso: the least is"),
        ("mm:0..5", "mm: the least is"),
        ("s:1/0", "s: the least is 1/1000000"),
        ("s:0/1", "s: the least is"),
        (f"s:{'9' * 400}/{'9' * 400}", "s: the least is"),
        ("s:-1/250", "s takes seconds or a range such as s:<1/250"),
        ("taken:yesterday", "taken takes a year"),
        ("taken:99", "taken takes a year"),
        ("taken:20240", "taken takes a year"),
        ("taken:..", "taken takes a year"),
        ("taken:2024-13", "taken: the calendar has no 2024-13"),
        ("taken:2023-02-29", "taken: the calendar has no 2023-02-29"),
        ("taken:2025..2024", "taken: the lower end of a range comes first"),
        ("taken:0001", "taken: the years go from 1826 to 2099"),
        ("taken:9999", "taken: the years go from 1826 to 2099"),
        ("taken:>2099", "taken: the years go from"),
        ("taken:<1826", "taken: the years go from"),
        ("seed:-1", "seed takes a whole number from 0 to 9223372036854775807"),
        ("seed:1.5", "seed takes"),
        ("seed:9223372036854775808", "seed takes"),
        ("tag:a,b", "tag: a tag has no comma"),
        (f"tag:{'x' * 51}", "tag: a tag has at most 50 characters"),
        (f"camera:{'x' * 301}", "camera: this is longer than 300 characters"),
        ("rating:x", "rating takes general, sensitive or explicit"),
        ("source:ai", "source takes upload, generation or import"),
        ("visibility:me", "visibility takes public, unlisted or private"),
        ("has:camera", "has takes gps"),
        ("near:46.5,7.9", "near takes a latitude, a longitude and a radius such as near:46.5,7.9,10km"),
        ("near:91,7.9,1km", "near: a latitude is a number of degrees from -90 to 90"),
        ("near:46.5,181,1km", "near: a longitude is a number of degrees from -180 to 180"),
        ("near:nan,7.9,1km", "near: a latitude"),
        ("near:46.5,7.9,0km", "near: the radius is more than 0 and at most 20,015 km"),
        ("near:46.5,7.9,20016", "near: the radius"),
        ("near:46.5,7.9,-1km", "near takes"),
        ("near:46.5,7.9,1mi", "near takes"),
        ("bbox:1,2,3", "bbox takes west,south,east,north"),
        ("bbox:5,48,10,47", "the south comes before the north"),
        ("bbox:181,0,0,0", "bbox: a longitude"),
        ("like:abc", "like takes the id of a picture"),
        (f"-like:{_ID}", "like cannot be turned around"),
        ("colour:red", "colour is not a key; the keys are camera, make,"),
        ("camra:canon", "did you mean camera"),
        ('titel:"a b"', "titel is not a key"),
        ("größe:3", "größe is not a key"),
        ("a:", "a is not a key"),
        (f"{'x' * 31}:a", f"{'x' * 30}… is not a key"),
    ],
)
def test_a_bad_term_is_named(token: str, says: str) -> None:
    for before, after in (("", ""), ("  sun ", " sea"), ("🏖️\u3000-x ", "\n")):
        error = _error(f"{before}{token}{after}")
        assert says in error.reason
        assert (error.token, error.position) == (token, len(before))


@pytest.mark.parametrize(
    "text",
    ['sun "sea', 'sun -"sea', 'sun tag:"sea', 'sun "', 'camera:="canon', "sun \u201csea", '"a" b"'],
)
def test_an_open_quote_is_pointed_at(text: str) -> None:
    error = _error(text)
    assert "quote" in error.reason
    assert error.position == max(text.rfind('"'), text.rfind("\u201c"))
    assert error.token == text[error.position :]


def test_a_quote_that_is_one_of_the_text_closes_nothing() -> None:
    error = _error(r'sun "sea\"')
    assert (error.token, error.position) == (r'"sea\"', 4)


@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_what_is_no_text_is_pointed_at(character: str) -> None:
    error = _error(f'sun "{character}"')
    assert (error.token, error.position) == (character, 5)


def test_a_text_has_at_most_two_thousand_characters() -> None:
    assert parse("x" * MAX_LENGTH).terms
    assert _error("x" * (MAX_LENGTH + 1)).position == MAX_LENGTH
    assert _error('"' * (MAX_LENGTH + 1)).position == MAX_LENGTH
    error = _error("x" * MAX_LENGTH + "y" * 10_000)
    assert (error.token, error.position) == ("y" * 30, MAX_LENGTH)


def test_the_thirty_first_term_is_too_many() -> None:
    error = _error("ab " * MAX_TERMS + "last")
    assert (error.token, error.position) == ("last", 3 * MAX_TERMS)
    assert str(MAX_TERMS) in error.reason


@pytest.mark.parametrize(
    "text", ["-", "--", "&", "%", "(", "...", '""', '" "', '"!?"', "*", "-*", "\u200f", "«»", "- _"]
)
def test_punctuation_alone_does_not_find_everything(text: str) -> None:
    error = _error(f"  {text} ")
    assert error.reason == "this has no word in it to look for"
    assert (error.token, error.position) == (text, 2)


@pytest.mark.parametrize("text", ["", " ", "\n", "\u3000 "])
def test_nothing_at_all_is_a_search_for_everything(text: str) -> None:
    assert parse(text).terms == ()


def test_pictures_are_compared_with_one_only() -> None:
    text = f"like:{_ID} "
    assert _error(text * 2).position == len(text)


def test_every_example_of_a_key_is_right() -> None:
    for key in KEYS:
        assert len(parse(key.example).terms) == 1
        for alias in key.aliases:
            assert parse(key.example.replace(key.key, alias, 1)) == parse(key.example)


@given(st.one_of(soups(), st.text(), st.text(st.characters(), max_size=20)))
def test_every_text_is_read_or_its_fault_pointed_at(text: str) -> None:
    fault = _fault(text)
    assert fault is None or (fault.token and text[fault.position :].startswith(fault.token) and fault.reason)


def _fault(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as error:
        return error
    return None

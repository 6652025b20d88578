"""What the search box understands."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from clonegallery.images.conditions import Box, Circle, Condition, ConditionName, ConditionValue, Range
from clonegallery.images.schemas import Rating
from clonegallery.search.query import MAX_TERMS, Like, Phrase, Term, Word, parse

_ID = "0198c0de-7a11-7000-8000-00000000beef"


def _day(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def _only(text: str) -> Term:
    (term,) = parse(text).terms
    return term


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        (" \t\n\u3000", []),
        ("sun", [Word("sun", prefix=True)]),
        ("sun ", [Word("sun")]),
        ("sun.", [Word("sun.")]),
        ("sun* sea", [Word("sun", prefix=True), Word("sea", prefix=True)]),
        ("sun** ", [Word("sun", prefix=True)]),
        ("golden sun", [Word("golden"), Word("sun", prefix=True)]),
        ("-sun", [Word("sun", negated=True)]),
        ("-sun*", [Word("sun", prefix=True, negated=True)]),
        ("--sun", [Word("sun", negated=True)]),
        ("well-known ", [Word("well-known")]),
        ('"golden   hour"', [Phrase("golden hour")]),
        ('-"golden hour"', [Phrase("golden hour", negated=True)]),
        ('say"hi"there ', [Word("say"), Phrase("hi"), Word("there")]),
        ('"a""b"', [Phrase("a"), Phrase("b")]),
        ("\u201cgolden hour\u201d", [Phrase("golden hour")]),
        ('"tag:beach"', [Phrase("tag:beach")]),
        (r'"say \"hi\""', [Phrase('say "hi"')]),
        ("\u201csay \\\u201ehi\\\u201d\u201d", [Phrase("say \u201ehi\u201d")]),
        (r'"a\b" "a\\b" "a\\" x ', [Phrase(r"a\b"), Phrase(r"a\b"), Phrase("a\\"), Word("x")]),
        (r'a\"b" ', [Word("a\\"), Phrase("b")]),
        (r'tag:"\""', [Condition(ConditionName.TAG, '"')]),
        (r"tag:a\b tag:\ ", [Condition(ConditionName.TAG, r"a\b"), Condition(ConditionName.TAG, "\\")]),
        ('"sun*"', [Phrase("sun*")]),
        ("-tag:beach", [Condition(ConditionName.TAG, "beach", negated=True)]),
        ("sun tag:beach", [Word("sun"), Condition(ConditionName.TAG, "beach")]),
        ('tag:"a b"sun', [Condition(ConditionName.TAG, "a b"), Word("sun", prefix=True)]),
    ],
)
def test_terms_are_read(text: str, terms: list[Term]) -> None:
    assert list(parse(text).terms) == terms


@pytest.mark.parametrize("text", ["-", "--", "&", "...", '""', '" "', '"!?"', "*", "-*", "\u200f", "«»"])
def test_what_is_only_punctuation_is_left_out_beside_words(text: str) -> None:
    assert parse(f"{text} sun {text}").terms == parse("sun ").terms


@pytest.mark.parametrize("text", ["16:9 ", "http://example.org/a ", "https://example.org ", ":)x ", ":x ", "tag://x "])
def test_a_colon_may_stand_in_a_word(text: str) -> None:
    assert _only(text) == Word(text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "🏖️",
        "👩\u200d👩\u200d👧",
        "שלום",
        "مرحبا",
        "नमस्ते",
        "e\u0301te\u0301",
        "\uff53\uff55\uff4e",
        "海辺",
        "标题\uff1a海",
        "C++",
        "ünï",
    ],
)
def test_all_scripts_are_words(text: str) -> None:
    term = _only(f"{text} ")
    assert isinstance(term, Word)
    assert parse(f'"{text}"').terms == (Phrase(term.text),)


def test_words_are_composed_and_lose_marks_that_nobody_sees() -> None:
    assert _only("\u200fe\u0301te\u0301\u200e\x01 ") == Word("été")
    assert _only('tag:"\u202aE\u0301te\u0301\u202c"') == Condition(ConditionName.TAG, "été")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("camera:canon", ConditionName.CAMERA, "canon"),
        ('camera:"Canon EOS  R5"', ConditionName.CAMERA, "Canon EOS R5"),
        ("CAMERA:Canon", ConditionName.CAMERA, "Canon"),
        ("make:nikon", ConditionName.CAMERA_MAKE, "nikon"),
        ("camera_make:nikon", ConditionName.CAMERA_MAKE, "nikon"),
        ("camera_model:x100v", ConditionName.CAMERA_MODEL, "x100v"),
        ('lens:"50mm"', ConditionName.LENS, "50mm"),
        ("tag:Beach", ConditionName.TAG, "beach"),
        ("tag\uff1a海", ConditionName.TAG, "海"),
        ('tag:"//"', ConditionName.TAG, "//"),
        ("tag:-x", ConditionName.TAG, "-x"),
        ("by:Alice", ConditionName.OWNER, "alice"),
        ("owner:me", ConditionName.OWNER, "me"),
        ("source:generation", ConditionName.SOURCE, "generation"),
        ("model:sdxl", ConditionName.MODEL, "sdxl"),
        ("prompt:castle", ConditionName.PROMPT, "castle"),
        ("prompt:a:b", ConditionName.PROMPT, "a:b"),
        ("seed:42", ConditionName.SEED, 42),
        ("seed:0", ConditionName.SEED, 0),
        ("seed:9223372036854775807", ConditionName.SEED, 2**63 - 1),
        ("rating:General", ConditionName.RATING, Rating.GENERAL),
        ("visibility:private", ConditionName.VISIBILITY, "private"),
        ("has:gps", ConditionName.GPS, True),
        ("near:46.5,7.9,10km", ConditionName.PLACE, Circle(46.5, 7.9, 10_000)),
        ("near:46.5,7.9,10", ConditionName.PLACE, Circle(46.5, 7.9, 10_000)),
        ('near:"-46.5, -7.9, 250 m"', ConditionName.PLACE, Circle(-46.5, -7.9, 250)),
        ("bbox:5.9,45.8,10.5,47.8", ConditionName.PLACE, Box(5.9, 45.8, 10.5, 47.8)),
        ("bbox:170,-50,-170,-30", ConditionName.PLACE, Box(170, -50, -170, -30)),
    ],
)
def test_conditions_are_read(text: str, name: ConditionName, value: ConditionValue) -> None:
    assert _only(text) == Condition(name, value)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("f:2.8..5.6", ConditionName.APERTURE, Range(2.8, 5.6)),
        ("f:f/2.8..f/5.6", ConditionName.APERTURE, Range(2.8, 5.6)),
        ("aperture:2.8", ConditionName.APERTURE, Range(2.75, 2.85)),
        ("f:0.12", ConditionName.APERTURE, Range(0.1, 0.17)),
        ("f:5..5", ConditionName.APERTURE, Range(5, 5)),
        ("iso:<=1600", ConditionName.ISO, Range(None, 1600)),
        ("iso:<1600", ConditionName.ISO, Range(None, 1600, high_open=True)),
        ("iso:..1600", ConditionName.ISO, Range(None, 1600)),
        ("iso:100", ConditionName.ISO, Range(100, 100)),
        ("iso:\uff11\uff10\uff10", ConditionName.ISO, Range(100, 100)),
        ("iso:100‥800", ConditionName.ISO, Range(100, 800)),
        ("mm:>=50", ConditionName.FOCAL_LENGTH, Range(50, None)),
        ("mm:>50mm", ConditionName.FOCAL_LENGTH, Range(50, None, low_open=True)),
        ("focal_length:50..", ConditionName.FOCAL_LENGTH, Range(50, None)),
        ('mm:"50 mm .. 85 mm"', ConditionName.FOCAL_LENGTH, Range(50, 85)),
        ("s:<1/250", ConditionName.EXPOSURE, Range(None, 0.004, high_open=True)),
        ("exposure:1/250s", ConditionName.EXPOSURE, Range(0.00396, 0.00404)),
        ("s:30", ConditionName.EXPOSURE, Range(29.7, 30.3)),
        ("s:.5..2S", ConditionName.EXPOSURE, Range(0.5, 2)),
    ],
)
def test_numbers_are_read(text: str, name: ConditionName, value: Range) -> None:
    assert _only(text) == Condition(name, value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2024", _day(2024), _day(2025)),
        ("2024-02", _day(2024, 2), _day(2024, 3)),
        ("2024-12", _day(2024, 12), _day(2025)),
        ("2024-2-9", _day(2024, 2, 9), _day(2024, 2, 10)),
        ("2024-12-31", _day(2024, 12, 31), _day(2025)),
        ("2024..2025-06", _day(2024), _day(2025, 7)),
        ("2024..2024", _day(2024), _day(2025)),
        ("2024-06..", _day(2024, 6), None),
        ("..2024-06", None, _day(2024, 7)),
        ("<2024", None, _day(2024)),
        ("<=2024", None, _day(2025)),
        (">2024", _day(2025), None),
        (">=2024", _day(2024), None),
        (">2024-06", _day(2024, 7), None),
        ("1826", _day(1826), _day(1827)),
        ("2099", _day(2099), _day(2100)),
    ],
)
def test_times_are_half_open_intervals_in_utc(text: str, low: datetime | None, high: datetime | None) -> None:
    assert _only(f"taken:{text}") == Condition(ConditionName.TAKEN, Range(low, high, high_open=high is not None))


def test_a_picture_is_compared_with() -> None:
    assert _only(f"like:{_ID}") == Like(UUID(_ID))
    assert _only(f"like:{_ID.upper()}") == Like(UUID(_ID))


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ('camera:="Canon EOS  R5"', ConditionName.CAMERA, "canon eos r5"),
        ("CAMERA:=Canon", ConditionName.CAMERA, "canon"),
        ("camera\uff1a\uff1d\u201cNikon Z 6_2\u201d", ConditionName.CAMERA, "nikon z 6 2"),
        ('lens:="RF 50mm F1.2L"', ConditionName.LENS, "rf 50mm f1 2l"),
        ("model:=sd-xl", ConditionName.MODEL, "sd xl"),
    ],
)
def test_a_sign_of_equality_asks_for_a_whole_name_as_names_are_compared(
    text: str, name: ConditionName, value: str
) -> None:
    assert _only(text) == Condition(name, value, whole=True)
    assert _only(f"-{text}") == Condition(name, value, negated=True, whole=True)


def test_elsewhere_a_sign_of_equality_is_a_part_of_what_is_asked_for() -> None:
    assert _only("tag:=x") == Condition(ConditionName.TAG, "=x")
    assert _only('camera:"=x"') == Condition(ConditionName.CAMERA, "=x")
    assert parse('make:="x"').terms == (Condition(ConditionName.CAMERA_MAKE, "="), Phrase("x"))


def test_thirty_terms_are_read_and_punctuation_is_not_counted() -> None:
    assert len(parse("- a ! " * MAX_TERMS).terms) == MAX_TERMS

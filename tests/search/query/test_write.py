"""Searches are written in one way, which reads the same."""

import unicodedata

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from clonegallery.images.conditions import Condition, ConditionName
from clonegallery.images.texts import printable
from clonegallery.search.query import Query, QueryError, Word, parse, write, write_term
from tests.search.query.soup import soups, terms


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        (" - sun ", "sun "),
        ("sun", "sun"),
        ("sun  ", "sun "),
        ("sun. ", "sun."),
        ("sun.*", "sun.*"),
        ("sun*  sea", "sun* sea"),
        ("--sun", "-sun"),
        ("-sun ", "-sun"),
        ("\u201cgolden  hour\u201d", '"golden hour"'),
        ('sun"sea"', 'sun "sea"'),
        ('Camera:"canon"', "camera:canon"),
        ('camera:"canon eos r5"', 'camera:"canon eos r5"'),
        ('camera:="Canon EOS R5"', 'camera:="canon eos r5"'),
        ("-Lens:=X", '-lens:="x"'),
        ("model\uff1a\uff1dX", 'model:="x"'),
        ('camera:"=x"', 'camera:"=x"'),
        ("tag:=x", 'tag:"=x"'),
        ('tag:"//x"', 'tag:"//x"'),
        (r'tag:"say \"hi\""', r'tag:"say \"hi\""'),
        ('tag:"5\\\u201c disk"', 'tag:"5\\\u201c disk"'),
        (r'tag:"a\b"', r"tag:a\b"),
        (r'tag:"a\b c"', r'tag:"a\\b c"'),
        (r'-"a\"b\\"', r'-"a\"b\\"'),
        ("owner:Me", "by:me"),
        ("camera_make:x", "make:x"),
        ("f:2.80", "f:2.8"),
        ("f:2.75..2.85", "f:2.8"),
        ("f:5..5", "f:5..5"),
        ("f:2.8..", "f:>=2.8"),
        ("iso:..1600.0", "iso:<=1600"),
        ("mm:>50mm", "mm:>50"),
        ("s:0.004", "s:1/250"),
        ("s:0.0166666..0.5", "s:0.0166666..1/2"),
        ("s:1/60", "s:1/60"),
        ("s:1/3", "s:1/3"),
        ("s:2.5", "s:2.5"),
        ("taken:2024-01-01..2024-12-31", "taken:2024"),
        ("taken:2024-01..2024-06-30", "taken:2024..2024-06"),
        ("taken:2024-06..2025", "taken:2024-06..2025-12"),
        ("taken:<2024", "taken:<=2023"),
        ("taken:<2024-03-01", "taken:<=2024-02"),
        ("taken:>2024", "taken:>=2025"),
        ("near:046.50,-0,1000m", "near:46.5,0,1km"),
        ("near:1,2,1.5m", "near:1,2,1.5m"),
        ("bbox:170,-50,-170.0,-30", "bbox:170,-50,-170,-30"),
        ("LIKE:0198C0DE-7A11-7000-8000-00000000BEEF", "like:0198c0de-7a11-7000-8000-00000000beef"),
    ],
)
def test_a_search_is_written_in_one_way(text: str, canonical: str) -> None:
    assert write(parse(text)) == canonical


@settings(max_examples=500)
@given(soups())
@example("a\u0300:x")
@example('camera:="\u0338x"')
@example('camera:"=\u0338"')
@example("f:<\u0338")
@example("iso\uff1a*")
def test_what_is_written_reads_the_same(text: str) -> None:
    query = _read(text)
    assert parse(write(query)) == query
    assert write(parse(write(query))) == write(query)


@settings(max_examples=500)
@given(terms())
def test_so_does_every_term(text: str) -> None:
    query = _read(text)
    assert parse(write(query)) == query
    assert hash(parse(write(query))) == hash(query)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Canon EOS R5", 'camera:"Canon EOS R5"'),
        ('Cam  "7"', r'camera:"Cam \"7\""'),
        ('"', r'camera:"\""'),
        ("\\", "camera:\\"),
        ("X", "camera:X"),
    ],
)
def test_a_name_out_of_a_file_can_be_asked_for(name: str, written: str) -> None:
    assert write_term(Condition(ConditionName.CAMERA, name)) == written
    assert parse(written).terms == (Condition(ConditionName.CAMERA, " ".join(name.split())),)


@given(st.text(), st.sampled_from([ConditionName.TAG, ConditionName.CAMERA, ConditionName.PROMPT]))
@example('say "hi"', ConditionName.TAG)
@example("5\u201c disk", ConditionName.TAG)
@example('\\"', ConditionName.TAG)
@example("\\ \\", ConditionName.CAMERA)
def test_every_value_can_be_written(text: str, name: ConditionName) -> None:
    """Every one that can be kept: composed, printable, one line, with something in it."""
    value = " ".join(printable(unicodedata.normalize("NFC", text.replace("\0", "").lower())).split())
    assume(value and value == unicodedata.normalize("NFC", value.lower()) and "," not in value and len(value) <= 50)
    condition = Condition(name, value)
    assert parse(f"sun {write_term(condition)} sea ").terms == (Word("sun"), condition, Word("sea"))


def _read(text: str) -> Query:
    try:
        return parse(text)
    except QueryError:
        assume(False)
        raise

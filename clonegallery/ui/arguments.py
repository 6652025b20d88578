"""Events whose arguments no page sends: whoever speaks to the websocket by hand can send whatever they like.

Reflex hands on what came, of any type and number. Here it is held against the handler's own signature first, so that a
handler may trust its annotations, and nobody fills the log with the failures of one who tries.
"""

import inspect
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from reflex import App
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event, EventHandler
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from clonegallery.log import get_logger

log = get_logger(__name__)

_STRICT = ConfigDict(strict=True)
_ENTRIES: TypeAdapter[list[tuple[str, Any]]] = TypeAdapter(list[tuple[str, Any]])
_OURS = "clonegallery."
_UNUSED = ("setvar",)
"""What Reflex gives every state and no page of ours has a use for."""


class KnownArguments(Middleware):
    """Drops an event that its handler could not have been sent by a page."""

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """An empty answer for an event that is dropped, or None for one to go on with."""
        handler = RegistrationContext.get().event_handlers[event.name].handler
        if takes(handler, event.payload):
            return None
        log.warning("dropped an event that no page sends", handler=event.name)
        return StateUpdate()


def takes(handler: EventHandler, arguments: Mapping[str, Any]) -> bool:
    """Whether these are the arguments of `handler`: all of them, no others, each of its type and of valid Unicode.

    The scripts of Reflex decide what its own handlers are sent, and those only concern the sender's own page.
    """
    if handler.fn.__name__ in _UNUSED:
        return False
    if not handler.fn.__module__.startswith(_OURS):
        return True
    needed, known = _parameters(handler.fn)
    if not needed <= arguments.keys() <= known.keys():
        return False
    return all(_fits(known[name], value) for name, value in arguments.items())


@lru_cache(maxsize=256)
def _parameters(function: Any) -> tuple[frozenset[str], Mapping[str, TypeAdapter[Any]]]:
    """Which arguments a handler needs, and what each may be."""
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    needed = frozenset(one.name for one in parameters if one.default is inspect.Parameter.empty)
    return needed, {one.name: TypeAdapter(hints.get(one.name, Any), config=_STRICT) for one in parameters}


def _fits(type_: TypeAdapter[Any], value: Any) -> bool:
    """A form comes as its entries under one name, which Reflex takes for a dict whatever they are."""
    try:
        json.dumps(
            value, ensure_ascii=False
        ).encode()  # Half a character would break the page's socket on its way back.
        type_.validate_python(value)
        if isinstance(value, dict) and FORM_DATA_ENTRIES_KEY in value:
            _ENTRIES.validate_python(value[FORM_DATA_ENTRIES_KEY])
    except (ValidationError, UnicodeEncodeError):
        return False
    return True

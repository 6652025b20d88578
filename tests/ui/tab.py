"""A browser tab without the browser: the states that the server keeps for it, with the cookie of whoever sits there."""

import inspect
from collections.abc import Iterator
from typing import Any, TypeVar

import reflex as rx
from reflex.istate.data import RouterData
from reflex.state import BaseState, State

from clonegallery.accounts import service
from clonegallery.accounts.secrets import cookie_name
from clonegallery.settings import get_settings
from tests.factories import PASSWORD, TestPerson

AnyState = TypeVar("AnyState", bound=rx.State)


class Tab:
    """One tab at `url`."""

    def __init__(self, url: str = "/", cookie: str = "") -> None:
        self._root = State(_reflex_internal_init=True)  # type: ignore[call-arg]  # What Reflex itself passes.
        self._heard: dict[str, object] = {"headers": {"cookie": cookie}}
        self.go(url)

    def go(self, url: str) -> None:
        """Come to another address, as a link does; the page's own `load` is still to be sent."""
        self._hear(asPath=url)

    def connect(self, session_id: str) -> None:
        """Speak over the socket of that name from now on."""
        self._hear(sid=session_id)

    def _hear(self, **more: object) -> None:
        self._heard |= more
        self._root.router = RouterData.from_router_data(self._heard)

    async def send(self, kind: type[AnyState], event: str, *arguments: Any) -> AnyState:
        """The tab's `kind` after it handled the event of that name."""
        await self.answer(kind, event, *arguments)
        return await self.state(kind)

    async def answer(self, kind: type[rx.State], event: str, *arguments: Any) -> Any:
        """What the tab's `kind` returns from the event of that name: further events for the browser."""
        handled = getattr(await self.state(kind), event)(*arguments)
        return await handled if inspect.isawaitable(handled) else handled

    def kept(self) -> bytes:
        """Everything that the server keeps for this tab between two events."""
        return b"".join(state._serialize() for state in _with_substates(self._root))

    async def state(self, kind: type[AnyState]) -> AnyState:
        """The tab's own `kind`, as an event handler gets it."""
        return await self._root.get_state(kind)


def _with_substates(state: BaseState) -> Iterator[BaseState]:
    yield state
    for substate in state.substates.values():
        yield from _with_substates(substate)


async def tab_of(person: TestPerson | None, url: str = "/") -> Tab:
    """A tab of `person`, signed in, or of a stranger for None."""
    return Tab(url, f"theme=dark; {await cookie_of(person)}" if person else "")


async def cookie_of(person: TestPerson) -> str:
    """The `Cookie` header of `person` in a new session."""
    signed_in = await service.sign_in(person.username, PASSWORD)
    return f"{cookie_name(secure=get_settings().secure)}={signed_in.token}"

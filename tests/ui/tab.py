"""A browser tab without the browser: the states that the server keeps for it, with the cookie of whoever sits there."""

import inspect
from typing import Any, TypeVar

import reflex as rx
from reflex.istate.data import RouterData
from reflex.state import State

from clonegallery.accounts import service
from clonegallery.accounts.secrets import cookie_name
from clonegallery.settings import get_settings
from tests.factories import PASSWORD, TestPerson

AnyState = TypeVar("AnyState", bound=rx.State)


class Tab:
    """One tab at `url`."""

    def __init__(self, url: str = "/", cookie: str = "") -> None:
        self._root = State(_reflex_internal_init=True)  # type: ignore[call-arg]  # What Reflex itself passes.
        self._root.router = RouterData.from_router_data({"headers": {"cookie": cookie}, "asPath": url})

    async def send(self, kind: type[AnyState], event: str, *arguments: Any) -> AnyState:
        """The tab's `kind` after it handled the event of that name."""
        await self.answer(kind, event, *arguments)
        return await self.state(kind)

    async def answer(self, kind: type[rx.State], event: str, *arguments: Any) -> Any:
        """What the tab's `kind` returns from the event of that name: further events for the browser."""
        handled = getattr(await self.state(kind), event)(*arguments)
        return await handled if inspect.isawaitable(handled) else handled

    async def state(self, kind: type[AnyState]) -> AnyState:
        """The tab's own `kind`, as an event handler gets it."""
        return await self._root.get_state(kind)


async def tab_of(person: TestPerson | None, url: str = "/") -> Tab:
    """A tab of `person`, signed in, or of a stranger for None."""
    return Tab(url, f"theme=dark; {await cookie_of(person)}" if person else "")


async def cookie_of(person: TestPerson) -> str:
    """The `Cookie` header of `person` in a new session."""
    signed_in = await service.sign_in(person.username, PASSWORD)
    return f"{cookie_name(secure=get_settings().secure)}={signed_in.token}"

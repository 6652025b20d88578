"""People and roles, as the page for Admins shows them. Every event asks for the right again; the service decides."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.schemas import PeoplePage, Person, PersonUpdate, Role, Viewer
from clonegallery.clock import utcnow
from clonegallery.errors import Conflict, FieldError, Invalid
from clonegallery.ui.components.dialogs import Question
from clonegallery.ui.components.notices import tell
from clonegallery.ui.pages.admin.people_address import MAX_SEARCH, PeopleQuery, query_in
from clonegallery.ui.photograph import count, day
from clonegallery.ui.refusals import REFUSALS, id_in, reason, refuse
from clonegallery.ui.session import caller_of, viewer_of
from clonegallery.ui.when import ago, exactly

SEARCH_FIELD = "people-search"
_PER_PAGE = 50
_ARTICLE = {Role.ADMIN: "an Admin", Role.EDITOR: "an Editor", Role.VISITOR: "a Visitor"}
_MEANS = {
    Role.ADMIN: "Admins may do everything, also take your own role away.",
    Role.EDITOR: "Editors upload, edit, generate and moderate.",
    Role.VISITOR: "Visitors look, like and report; what they uploaded stays theirs.",
}


@dataclass(frozen=True)
class PersonView:
    """One account as its row shows it; `own` is the Admin who looks."""

    id: str = ""
    username: str = ""
    initial: str = ""
    email: str = ""
    verified: bool = False
    role: str = ""
    active: bool = True
    own: bool = False
    created: str = ""
    created_exactly: str = ""
    seen: str = ""
    seen_exactly: str = ""


class PeopleState(rx.State):
    """One page of people, what was searched for, and the change that is about to be made."""

    people: list[PersonView] = []  # noqa: RUF012 -- Reflex copies it per state.
    search: str = ""
    role: str = ""
    total: str = ""
    role_links: dict[str, str] = {"": ""}  # noqa: RUF012 -- as above.
    first_link: str = ""
    next_link: str = ""
    problem: str = ""
    asked: Question = Question()
    _query: PeopleQuery = PeopleQuery()
    _changing: str = ""
    _change: str = ""

    @rx.event
    async def load(self) -> Any:
        """Read the people that the address asks for, and let the search field say what is searched for."""
        before, self._query = self._query, query_in(str(self.router.url))
        self.asked = Question()
        await self._read()
        typed = before.search == self._query.search
        return None if typed else rx.set_value(SEARCH_FIELD, self._query.search)

    @rx.event
    def look_for(self, text: str) -> Any:
        """Search, by going to the address of the search: as one types, the last step of the history is replaced."""
        wanted = PeopleQuery(str(text)[:MAX_SEARCH], self._query.role)
        if wanted.search == self._query.search:
            return None
        self._query = wanted
        return rx.redirect(wanted.address(), replace=True)

    @rx.event
    async def ask_role(self, user_id: str, role: str) -> None:
        """Ask before somebody gets another role."""
        person = await self._person(user_id)
        if person is None or role not in tuple(Role) or person.role == role:
            return
        wanted = Role(role)
        title = f"Make {person.username} {_ARTICLE[wanted]}?"
        harmless = Role.ADMIN not in (wanted, person.role)
        self._ask(person, wanted, Question(title, _MEANS[wanted], "Change role", harmless=harmless))

    @rx.event
    async def ask_disable(self, user_id: str) -> None:
        """Ask before somebody is shut out."""
        if person := await self._person(user_id):
            text = "Every sign-in and API key ends at once, and nobody can sign in to this account. Pictures stay."
            self._ask(person, "disable", Question(f"Disable {person.username}?", text, "Disable"))

    @rx.event
    async def ask_end_sessions(self, user_id: str) -> None:
        """Ask before somebody has to sign in again."""
        if person := await self._person(user_id):
            text = "Every browser and program has to sign in again. API keys keep working."
            self._ask(person, "end sessions", Question(f"Sign {person.username} out everywhere?", text, "Sign out"))

    @rx.event
    def forget_question(self) -> None:
        self.asked, self._changing = Question(), ""

    @rx.event
    async def confirm(self) -> None:
        """Make the change that was asked about."""
        await self._make(self._changing, self._change)

    @rx.event
    async def enable(self, user_id: str) -> None:
        """Let somebody sign in again."""
        await self._make(user_id, "enable")

    async def _make(self, user_id: str, change: str) -> None:
        try:
            viewer = await viewer_of(self)
            await tell(self, await self._changed(viewer, id_in(user_id), change))
        except REFUSALS as error:
            await refuse(self, error)
        await self._read()

    async def _changed(self, viewer: Viewer, user_id: UUID, change: str) -> str:
        """What was done, in words."""
        caller = caller_of(self)
        if change == "end sessions":
            return (
                f"{count(await service.end_sessions_of(viewer, user_id, caller=caller), 'sign-in', 'sign-ins')} ended."
            )
        update = _update(change)
        if user_id == viewer.id:
            raise Conflict("You cannot change your own role or disable yourself; another Admin can.")
        person = await service.update_person(viewer, user_id, update, caller=caller)
        if update.role:
            return f"{person.username} is {_ARTICLE[person.role]} now."
        return f"{person.username} can sign in again." if person.is_active else f"{person.username} is disabled."

    async def _person(self, user_id: str) -> Person | None:
        """Whom the event is about; None where it may not be told, and then the reason has been."""
        try:
            return await service.person(await viewer_of(self), id_in(user_id))
        except REFUSALS as error:
            await refuse(self, error)
            await self._read()
            return None

    def _ask(self, person: Person, change: str, question: Question) -> None:
        self._changing, self._change, self.asked = str(person.id), change, question

    async def _read(self) -> None:
        query = self._query
        try:
            viewer = await viewer_of(self)
            found = await service.list_people(
                viewer,
                search=query.search,
                role=Role(query.role) if query.role else None,
                cursor=query.after or None,
                limit=_PER_PAGE,
            )
        except REFUSALS as error:
            self._show(PeoplePage([], None, 0), None)
            self.problem = (await reason(self, error)).detail
            return
        self.problem = ""
        self._show(found, viewer.id)

    def _show(self, found: PeoplePage, own_id: UUID | None) -> None:
        query, now = self._query, utcnow()
        self.people = [_view(person, own_id, now) for person in found.items]
        self.search, self.role = query.search, query.role
        self.total = count(found.total, "person", "people")
        self.role_links = {role: PeopleQuery(query.search, role).address() for role in ("", *Role)}
        self.first_link = replace(query, after="").address() if query.after else ""
        self.next_link = replace(query, after=found.next_cursor).address() if found.next_cursor else ""


def _update(change: str) -> PersonUpdate:
    """Raises `Invalid` for a change that there is not."""
    if change in ("enable", "disable"):
        return PersonUpdate(is_active=change == "enable")
    if change in tuple(Role):
        return PersonUpdate(role=Role(change))
    raise Invalid(errors=[FieldError("change", "There is no such change.")])


def _view(person: Person, own_id: UUID | None, now: datetime) -> PersonView:
    return PersonView(
        id=str(person.id),
        username=person.username,
        initial=person.username[:1].upper(),
        email=person.email,
        verified=person.email_verified,
        role=person.role,
        active=person.is_active,
        own=person.id == own_id,
        created=day(person.created_at),
        created_exactly=exactly(person.created_at),
        seen=ago(person.last_login_at, now) or "never",
        seen_exactly=exactly(person.last_login_at),
    )

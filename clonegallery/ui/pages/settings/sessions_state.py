"""Where one is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.schemas import SessionKind, SessionRead, SignInMethod
from clonegallery.clock import utcnow
from clonegallery.ui.agents import described
from clonegallery.ui.components.dialogs import Question
from clonegallery.ui.components.notices import tell
from clonegallery.ui.photograph import count
from clonegallery.ui.refusals import REFUSALS, id_in, reason, refuse
from clonegallery.ui.session import caller_of, viewer_of
from clonegallery.ui.when import ago, exactly

_METHODS = {
    SignInMethod.PASSWORD: "by password",
    SignInMethod.GOOGLE: "with Google",
    SignInMethod.GITHUB: "with GitHub",
}
_ASK = Question(
    "Sign out everywhere else?",
    "Every browser and program but this one has to sign in again. API keys keep working.",
    "Sign out everywhere else",
)


@dataclass(frozen=True)
class SignInView:
    """One sign-in as its row shows it."""

    id: str = ""
    name: str = ""
    detail: str = ""
    used: str = ""
    used_exactly: str = ""
    current: bool = False
    is_program: bool = False


class SessionsState(rx.State):
    """The sign-ins that hold, and the question whether all others shall end."""

    sessions: list[SignInView] = []  # noqa: RUF012 -- Reflex copies it per state.
    others: int = 0
    problem: str = ""
    asked: Question = Question()

    @rx.event
    async def load(self) -> None:
        self.asked = Question()
        await self._read()

    @rx.event
    async def end(self, session_id: str) -> None:
        """End one of one's own sign-ins."""
        try:
            await service.end_session(await viewer_of(self), id_in(session_id), caller=caller_of(self))
        except REFUSALS as error:
            await refuse(self, error)
        else:
            await tell(self, "Signed out there.")
        await self._read()

    @rx.event
    def ask_end_others(self) -> None:
        self.asked = _ASK

    @rx.event
    def forget_question(self) -> None:
        self.asked = Question()

    @rx.event
    async def end_others(self) -> None:
        """End every sign-in but this tab's own."""
        try:
            ended = await service.end_other_sessions(await viewer_of(self), caller=caller_of(self))
        except REFUSALS as error:
            await refuse(self, error)
        else:
            await tell(self, f"{count(ended, 'sign-in', 'sign-ins')} ended.")
        await self._read()

    async def _read(self) -> None:
        try:
            found = await service.list_sessions(await viewer_of(self))
            self.problem = ""
        except REFUSALS as error:
            found, self.problem = [], (await reason(self, error)).detail
        self.sessions = views_of(found, utcnow())
        self.others = sum(not session.current for session in self.sessions)


def views_of(sessions: Sequence[SessionRead], now: datetime) -> list[SignInView]:
    """This very sign-in first, then the others in the order they come in."""
    return [_view(session, now) for session in sorted(sessions, key=lambda session: not session.current)]


def _view(session: SessionRead, now: datetime) -> SignInView:
    since = f"since {exactly(session.created_at)}"
    return SignInView(
        id=str(session.id),
        name=described(session.user_agent),
        detail=" · ".join(part for part in (session.address, _METHODS[session.method], since) if part),
        used=ago(session.last_seen_at, now),
        used_exactly=exactly(session.last_seen_at),
        current=session.current,
        is_program=session.kind is SessionKind.API,
    )

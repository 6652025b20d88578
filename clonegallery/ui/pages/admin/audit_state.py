"""The audit log as the page for Admins shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.schemas import AuditPage, AuditRead
from clonegallery.clock import utcnow
from clonegallery.pagination import MAX_CURSOR
from clonegallery.ui import routes
from clonegallery.ui.agents import described
from clonegallery.ui.refusals import REFUSALS, reason
from clonegallery.ui.session import viewer_of
from clonegallery.ui.when import ago, exactly

_PER_PAGE = 50
_IDS = ("key_id", "session_id")


@dataclass(frozen=True)
class LineView:
    """One line as its row shows it."""

    id: str = ""
    action: str = ""
    detail: str = ""
    actor: str = ""
    subject: str = ""
    origin: str = ""
    when: str = ""
    when_exactly: str = ""


class AuditState(rx.State):
    """One page of the log."""

    lines: list[LineView] = []  # noqa: RUF012 -- Reflex copies it per state.
    first_link: str = ""
    next_link: str = ""
    problem: str = ""

    @rx.event
    async def load(self) -> None:
        """Read the page that the address asks for."""
        after = after_in(str(self.router.url))
        try:
            found = await service.list_audit(await viewer_of(self), cursor=after or None, limit=_PER_PAGE)
        except REFUSALS as error:
            self._show(AuditPage([], None), after)
            self.problem = (await reason(self, error)).detail
            return
        self.problem = ""
        self._show(found, after)

    def _show(self, found: AuditPage, after: str) -> None:
        now = utcnow()
        self.lines = [view_of(line, now) for line in found.items]
        self.first_link = routes.AUDIT if after else ""
        self.next_link = f"{routes.AUDIT}?{urlencode({'after': found.next_cursor})}" if found.next_cursor else ""


def after_in(url: str) -> str:
    """The cursor that `url` names, or an empty text."""
    return parse_qs(urlsplit(url).query).get("after", [""])[-1][:MAX_CURSOR]


def view_of(line: AuditRead, now: datetime) -> LineView:
    """`session.sign_in_failed` is told as `Session: sign in failed`."""
    group, _, event = line.action.partition(".")
    browser = described(line.user_agent) if line.user_agent else ""
    return LineView(
        id=str(line.id),
        action=f"{group.replace('_', ' ')}: {event.replace('_', ' ')}".capitalize().replace("Api key", "API key"),
        detail=_in_words(line.detail),
        actor=line.actor or ("a stranger" if line.address else "the operator"),
        subject=line.subject or "none",
        origin=" · ".join(part for part in (line.address, browser) if part) or "the gallery itself",
        when=ago(line.at, now),
        when_exactly=exactly(line.at),
    )


def _in_words(detail: Mapping[str, Any]) -> str:
    """`Visitor → Editor` for a change, `name value` for the rest, without ids that tell a reader nothing."""
    told = {name: value for name, value in detail.items() if name not in _IDS}
    changed = [f"{told.pop('before')} → {told.pop('after')}"] if {"before", "after"} <= told.keys() else []
    return ", ".join([*changed, *(f"{name.replace('_', ' ')} {_text(value)}" for name, value in told.items())])


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)

"""What becomes of what one asked for: the generations that are not done, those that just ended, the last pictures."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.clock import utcnow
from clonegallery.generations import service
from clonegallery.generations.lifecycle import has_ended
from clonegallery.generations.schemas import GenerationQuery, GenerationRead, JobStatus
from clonegallery.ui.components.thumbs import Thumb, thumb_of
from clonegallery.ui.making import words
from clonegallery.ui.making.jobs import FollowedJobs
from clonegallery.ui.making.views import job_view
from clonegallery.ui.refusals import REFUSALS, reason
from clonegallery.ui.session import viewer_of

_SHOWN = 8
_HISTORY = 24
_READ = 60
_ENDED_STAY = timedelta(minutes=15)


class JobsState(FollowedJobs, rx.State):
    """`jobs` begins with what is being made."""

    asked: str = ""
    more: int = 0
    past: list[Thumb] = []  # noqa: RUF012 -- Reflex copies it per state.
    _known: dict[str, str] = {}  # noqa: RUF012 -- as above.

    @rx.event
    async def look(self) -> None:
        """Try again to read how they stand."""
        await self._read(await viewer_of(self))

    @rx.event
    def dismiss(self, job_id: str) -> None:
        """Show one that has ended no longer; the queue's page still has it."""
        self._known = {known: status for known, status in self._known.items() if known != job_id}
        self.jobs = [job for job in self.jobs if job.id != job_id]

    async def _show_asked(self, viewer: Viewer, made: GenerationRead) -> None:
        """Show what was just asked for on this page."""
        await self._read(viewer)
        self.asked = str(made.id)

    async def _read(self, viewer: Viewer) -> None:
        """What is being made, what waits, and what ended while one looked; and the pictures of the newest."""
        try:
            viewer.require(Permission.GENERATE)
            newest = await service.listing(viewer, GenerationQuery(limit=_READ))
            running = await service.listing(viewer, GenerationQuery(status=JobStatus.RUNNING))
        except REFUSALS as error:
            known = await reason(self, error)
            self.problem = known.detail
            if not known.retryable:
                self.jobs, self.past, self.told = [], [], []
            return
        self.problem = ""
        reads = list({read.id: read for read in (*running.items, *newest.items)}.values())
        self._announce(reads)
        self._show(reads, utcnow())

    def _announce(self, reads: Sequence[GenerationRead]) -> None:
        """Tell what began and what ended since the page knows of it, and what was asked for meanwhile."""
        news = [
            words.announcement(read, JobStatus(before))
            for read in reads
            if (before := self._known.get(str(read.id))) is not None
        ]
        self.said = " ".join(one for one in news if one) or self.said

    def _show(self, reads: Sequence[GenerationRead], now: datetime) -> None:
        open_ = sorted((read for read in reads if not has_ended(read.status)), key=_turn)
        ended = [read for read in reads if has_ended(read.status) and self._stays(read, now)]
        self._known = {str(read.id): str(read.status) for read in (*open_, *ended)}
        shown = [*open_[:_SHOWN], *ended[:_SHOWN]]
        self.jobs = [
            job_view(read, now, cancelling=str(read.id) in self._cancelling, stage=_has_stage(read, index))
            for index, read in enumerate(shown)
        ]
        self.more = max(0, len(open_) - _SHOWN)
        self.waits = any(read.status is JobStatus.QUEUED for read in open_)
        cards = [card for read in reads for card in reversed(read.images)]
        self.past = [thumb for card in cards if (thumb := thumb_of(card)) is not None][:_HISTORY]

    def _stays(self, read: GenerationRead, now: datetime) -> bool:
        """Whether one that has ended is still shown: it ended before these eyes, and not long ago."""
        return str(read.id) in self._known and read.finished_at is not None and now - read.finished_at < _ENDED_STAY


def _turn(read: GenerationRead) -> tuple[bool, float, datetime]:
    """What is being made, then what waits, in the order of their turns."""
    waiting = read.waiting.position if read.waiting else float("inf")
    return read.status is JobStatus.QUEUED, waiting, read.created_at


def _has_stage(read: GenerationRead, index: int) -> bool:
    """What waits behind others shows no places for its pictures yet: it would push away what one looks at."""
    return index == 0 or read.status is not JobStatus.QUEUED

"""Everything that one asked to have made, the newest first, and how each of it stands."""

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.clock import utcnow
from clonegallery.errors import NotFound
from clonegallery.generations import service
from clonegallery.generations.lifecycle import has_ended
from clonegallery.generations.schemas import GenerationQuery, GenerationRead, JobStatus
from clonegallery.ui.making import words
from clonegallery.ui.making.jobs import FollowedJobs
from clonegallery.ui.making.views import JobView, job_view
from clonegallery.ui.refusals import REFUSALS, reason, refuse
from clonegallery.ui.session import viewer_of

_PER_PAGE = 20
_OPEN = 60


class QueueState(FollowedJobs, rx.State):
    """The rows that are shown, and the cursor of those that are not."""

    status: str = ""
    has_more: bool = False
    loaded: bool = False
    _cursor: str = ""

    @rx.event
    async def load(self) -> None:
        """Read the newest of those that the address asks for; what was shown of them already stays."""
        wanted = _status_in(str(self.router.url))
        if wanted != self.status or not self.loaded:
            self.status, self.jobs, self._cursor = wanted, [], ""
        await self._read(await viewer_of(self))
        self.loaded = True

    @rx.event
    async def more(self) -> None:
        """Read the next ones."""
        if not self._cursor:
            return
        try:
            viewer = await viewer_of(self)
            page = await service.listing(viewer, self._query(self._cursor))
        except REFUSALS as error:
            await refuse(self, error)
            return
        shown = {job.id for job in self.jobs}
        self._turn_to(page.next_cursor)
        self.jobs = [*self.jobs, *self._views([read for read in page.items if str(read.id) not in shown])]

    def _query(self, cursor: str = "") -> GenerationQuery:
        status = JobStatus(self.status) if self.status else None
        return GenerationQuery(status=status, limit=_PER_PAGE, cursor=cursor or None)

    async def _read(self, viewer: Viewer) -> None:
        """Read again what may have changed: the newest page, whatever waits or runs, and what did when it was read."""
        try:
            viewer.require(Permission.GENERATE)
            newest = await service.listing(viewer, self._query())
            fresh = {str(read.id): read for read in [*newest.items, *await _open(viewer)]}
            for job in self.jobs:
                if job.can_cancel and job.id not in fresh:
                    fresh |= await _one(viewer, job.id)
        except REFUSALS as error:
            known = await reason(self, error)
            self.problem = known.detail
            if not known.retryable:
                self.jobs, self.told, self._cursor, self.has_more = [], [], "", False
            return
        self.problem = ""
        if not self.jobs:
            self._turn_to(newest.next_cursor)
        self._merge([str(read.id) for read in newest.items], fresh)

    def _merge(self, newest: Sequence[str], fresh: dict[str, GenerationRead]) -> None:
        before = {job.id: job for job in self.jobs}
        self._announce(before, fresh)
        self.waits = any(read.status is JobStatus.QUEUED for read in fresh.values())
        views = before | {view.id: view for view in self._views(list(fresh.values()))}
        ids = [*newest, *(job_id for job_id in before if job_id not in newest)]
        self.jobs = [views[job_id] for job_id in ids if self.status in ("", views[job_id].status)]

    def _announce(self, before: dict[str, JobView], fresh: dict[str, GenerationRead]) -> None:
        said = [
            words.announcement(fresh[known], JobStatus(job.status)) for known, job in before.items() if known in fresh
        ]
        self.said = " ".join(one for one in said if one) or self.said

    def _views(self, reads: Sequence[GenerationRead]) -> list[JobView]:
        now = utcnow()
        return [
            job_view(read, now, cancelling=str(read.id) in self._cancelling, stage=not has_ended(read.status))
            for read in reads
        ]

    def _turn_to(self, cursor: str | None) -> None:
        self._cursor, self.has_more = cursor or "", cursor is not None


async def _open(viewer: Viewer) -> list[GenerationRead]:
    """What runs and what waits, also where it is not among the newest."""
    queries = [GenerationQuery(status=status, limit=_OPEN) for status in (JobStatus.RUNNING, JobStatus.QUEUED)]
    return [read for query in queries for read in (await service.listing(viewer, query)).items]


async def _one(viewer: Viewer, generation_id: str) -> dict[str, GenerationRead]:
    try:
        return {generation_id: await service.detail(viewer, UUID(generation_id))}
    except NotFound:
        return {}


def _status_in(url: str) -> str:
    """The status that an address asks for; an empty text where it asks for none that there is."""
    wanted = parse_qs(urlsplit(url).query).get("status", [""])[0]
    return wanted if wanted in tuple(JobStatus) else ""

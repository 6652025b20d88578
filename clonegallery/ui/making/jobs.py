"""What the pages that show one's generations have in common: they follow them, cancel them and try them again."""

from contextlib import aclosing

import reflex as rx

from clonegallery.accounts.schemas import Viewer
from clonegallery.generations import service
from clonegallery.generations.schemas import JobStatus
from clonegallery.ui.making.following import StepView, Told, caught_up, follow
from clonegallery.ui.making.views import JobView
from clonegallery.ui.refusals import REFUSALS, id_in, refuse
from clonegallery.ui.session import viewer_of

_REMEMBERED = 60


class FollowedJobs(rx.State, mixin=True):
    """`jobs` are those that are shown; `told` holds only the steps that were told last, not those before."""

    jobs: list[JobView] = []  # noqa: RUF012 -- Reflex copies it per state.
    told: list[StepView] = []  # noqa: RUF012 -- as above.
    said: str = ""
    problem: str = ""
    waits: bool = False
    _cancelling: list[str] = []  # noqa: RUF012 -- as above.

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the page up to date, from what is so now until it is left."""
        async with aclosing(follow(self, waits=lambda: self.waits)) as bundles:
            async for viewer, told in bundles:
                async with self:
                    await self._take(viewer, told)

    @rx.event
    async def cancel(self, job_id: str) -> None:
        """End one: at once while it waits, within a step while it runs."""
        try:
            read = await service.cancel(await viewer_of(self), id_in(job_id))
        except REFUSALS as error:
            await refuse(self, error)
        else:
            self._cancelling = [*self._cancelling[-_REMEMBERED:], str(read.id)]
        await self._read(await viewer_of(self))

    @rx.event
    async def retry(self, job_id: str) -> None:
        """Queue what is missing of one that failed or was cancelled."""
        try:
            read = await service.retry(await viewer_of(self), id_in(job_id))
        except REFUSALS as error:
            await refuse(self, error)
        else:
            self._cancelling = [one for one in self._cancelling if one != str(read.id)]
        await self._read(await viewer_of(self))

    async def _take(self, viewer: Viewer, told: Told) -> None:
        """The steps as they are told; the rows where something else has changed, or one runs that did not before."""
        known = self._running()
        if told.rows_changed or not told.steps.keys() <= known:
            await self._read(viewer)
            self.told = await caught_up(told, self._running(), known) or self.told
        else:
            self.told = list(told.steps.values())

    def _running(self) -> set[str]:
        return {job.id for job in self.jobs if job.status == JobStatus.RUNNING}

    async def _read(self, viewer: Viewer) -> None:
        """Read the rows again: they are the truth, what is told between is news. Each page reads its own."""
        raise NotImplementedError

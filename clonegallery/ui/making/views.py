"""One generation as the pages show it: text ready to read, nothing left to decide in the browser."""

from dataclasses import dataclass, field
from datetime import datetime

from clonegallery.generations.lifecycle import Step, may
from clonegallery.generations.schemas import GenerationRead, JobStatus
from clonegallery.images.schemas import ImageCard
from clonegallery.ui import routes
from clonegallery.ui.making import words
from clonegallery.ui.shell import shorten
from clonegallery.ui.when import ago, exactly

_PROMPT_SHOWN = 400
_WAITED_FOR = (JobStatus.QUEUED, JobStatus.RUNNING)


@dataclass(frozen=True)
class CellView:
    """The place of one picture: it is there (`href`), it is being made (`live`), or it is waited for."""

    key: str = ""
    href: str = ""
    small: str = ""
    sources: str = ""
    color: str = ""
    live: bool = False


@dataclass(frozen=True)
class JobView:
    """`share` is how much is done, in percent; `stage` is whether its pictures have their places on the page."""

    id: str = ""
    status: str = ""
    label: str = ""
    prompt: str = ""
    model: str = ""
    settings: str = ""
    created: str = ""
    created_exactly: str = ""
    width: int = 1
    height: int = 1
    columns: int = 1
    cells: list[CellView] = field(default_factory=list)
    stage: bool = False
    waiting: str = ""
    error: str = ""
    fallback: str = ""
    cost: str = ""
    step: int = 0
    steps: int = 0
    progress: str = ""
    can_cancel: bool = False
    cancelling: bool = False
    can_retry: bool = False
    again: str = ""


def job_view(read: GenerationRead, now: datetime, *, cancelling: bool = False, stage: bool = True) -> JobView:
    """`read` as its owner sees it; `cancelling` is that they asked for its end and it still runs."""
    status = read.status
    progress = read.progress
    return JobView(
        id=str(read.id),
        status=status,
        label=words.STATUSES[status],
        prompt=shorten(read.prompt, _PROMPT_SHOWN),
        model=f"{read.model} · {words.PROVIDERS[read.provider]}",
        settings=words.settings(read),
        created=ago(read.created_at, now),
        created_exactly=exactly(read.created_at),
        width=read.width,
        height=read.height,
        columns=_columns(read),
        cells=_cells(read),
        stage=stage or bool(read.images),
        waiting=words.place(read.waiting) if status is JobStatus.QUEUED else "",
        error=_reason(read),
        fallback=read.fallback or "",
        cost=f"${read.cost.normalize():f}" if read.cost else "",
        step=progress.step if progress else 0,
        steps=progress.steps if progress else 0,
        progress=words.step_of(progress.step, progress.steps) if progress else "",
        can_cancel=may(status, Step.CANCEL),
        cancelling=cancelling and status is JobStatus.RUNNING,
        can_retry=may(status, Step.RETRY),
        again=routes.create_again(str(read.id)),
    )


def _reason(read: GenerationRead) -> str:
    return (read.error or "Nobody knows why.") if read.status is JobStatus.FAILED else ""


def _columns(read: GenerationRead) -> int:
    """So many pictures side by side that none is smaller than it must be."""
    shown = read.count if read.status in _WAITED_FOR else max(1, len(read.images))
    return 1 if shown == 1 else 2 if shown <= 4 else 4


def _cells(read: GenerationRead) -> list[CellView]:
    """The pictures there are, and while more are to come a place for each: the first of them is the one being made."""
    made = [_picture(card) for card in read.images]
    if read.status not in _WAITED_FOR:
        return made
    empty = range(len(made), read.count)
    return [*made, *(CellView(key=f"place {place}", live=place == len(made)) for place in empty)]


def _picture(card: ImageCard) -> CellView:
    """Without copies, as it is for a moment, the last preview stays in its place."""
    large, middle = card.urls.thumb_1200, card.urls.thumb_600
    return CellView(
        key=str(card.id),
        href=routes.image(str(card.id)),
        small=middle or card.urls.thumb_300 or "",
        sources=_sources(card) if large and middle else "",
        color=card.dominant_color or "",
        live=not middle,
    )


def _sources(card: ImageCard) -> str:
    """The copies by their widths in pixels: their names tell the longest edge."""
    longest = max(card.width, card.height)
    copies = ((card.urls.thumb_600, 600), (card.urls.thumb_1200, 1200))
    return ", ".join(
        f"{url} {max(1, round(card.width * min(1.0, edge / longest)))}w" for url, edge in copies if url is not None
    )

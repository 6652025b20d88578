"""How a generation is told of: its settings, its place in the queue, the time that is left. Pure functions."""

from collections.abc import Mapping
from typing import Any

from clonegallery.generations.schemas import GenerationRead, JobStatus, Provider, Waiting
from clonegallery.ui.shell import shorten

PROVIDERS: Mapping[str, str] = {
    Provider.LOCAL: "this gallery",
    Provider.REPLICATE: "Replicate",
    Provider.OPENAI: "OpenAI",
    Provider.STABILITY: "Stability AI",
}
STATUSES: Mapping[str, str] = {
    JobStatus.QUEUED: "Queued",
    JobStatus.RUNNING: "Running",
    JobStatus.SUCCEEDED: "Done",
    JobStatus.FAILED: "Failed",
    JobStatus.CANCELLED: "Cancelled",
}


def duration(seconds: float) -> str:
    """`3 s`, `4 min`, `2 h`: as exact as a forecast deserves, never less than a second."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{round(seconds / 3600)} h"


def left(eta_s: Any) -> str:
    """`about 8 s left`; an empty text where nobody can say yet."""
    return f"about {duration(eta_s)} left" if isinstance(eta_s, int | float) and eta_s > 0 else ""


def step_of(step: int, steps: int) -> str:
    """`Step 3 of 20`; before the first one, that it begins."""
    return f"Step {step} of {steps}" if step > 0 and steps > 0 else "Starting …"


def place(waiting: Waiting | None) -> str:
    """`Next in the queue · starts in about 8 s`."""
    if waiting is None:
        return "In the queue"
    where = "Next in the queue" if waiting.position == 1 else f"Number {waiting.position} in the queue"
    if waiting.eta_s is None:
        return f"{where} · waiting time not known yet"
    return f"{where} · starts in about {duration(waiting.eta_s)}" if waiting.eta_s >= 1 else f"{where} · starts soon"


def size(width: int, height: int) -> str:
    return f"{width} \N{MULTIPLICATION SIGN} {height}"


def number(value: float) -> str:
    """`7.5` and `7`, never `7.0`."""
    return f"{value:g}"


def settings(read: GenerationRead) -> str:
    """The settings in one line."""
    parts = [
        size(read.width, read.height),
        f"{read.steps} steps" if read.steps else "",
        f"guidance {number(read.guidance_scale)}" if read.guidance_scale is not None else "",
        read.scheduler or "",
        f"seed {read.seed}",
        f"{read.count} pictures" if read.count > 1 else "",
    ]
    return " · ".join(part for part in parts if part)


def named(read: GenerationRead) -> str:
    """What an announcement calls it."""
    return f"“{shorten(read.prompt, 60)}”"


def announcement(read: GenerationRead, before: JobStatus | None) -> str:
    """What a screen reader is told when a generation goes on to another status; nothing of what was so before."""
    if read.status == before:
        return ""
    said = {
        JobStatus.RUNNING: "is being made.",
        JobStatus.SUCCEEDED: "is done.",
        JobStatus.FAILED: f"failed: {read.error or 'nobody knows why.'}",
        JobStatus.CANCELLED: "is cancelled.",
    }
    return f"{named(read)} {said[read.status]}" if read.status in said and before is not None else ""

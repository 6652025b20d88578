"""The life of a generation as a state machine. Pure: what may follow what, and in which words it is refused."""

from collections.abc import Mapping
from enum import StrEnum

from clonegallery.errors import Conflict
from clonegallery.models.job import JobStatus


class Step(StrEnum):
    """What may happen to a generation."""

    START = "start"
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"
    PUT_BACK = "put back"
    RETRY = "retry"


_AFTER: Mapping[tuple[JobStatus, Step], JobStatus] = {
    (JobStatus.QUEUED, Step.START): JobStatus.RUNNING,
    (JobStatus.QUEUED, Step.CANCEL): JobStatus.CANCELLED,
    (JobStatus.RUNNING, Step.SUCCEED): JobStatus.SUCCEEDED,
    (JobStatus.RUNNING, Step.FAIL): JobStatus.FAILED,
    (JobStatus.RUNNING, Step.CANCEL): JobStatus.CANCELLED,
    (JobStatus.RUNNING, Step.PUT_BACK): JobStatus.QUEUED,
    (JobStatus.FAILED, Step.RETRY): JobStatus.QUEUED,
    (JobStatus.CANCELLED, Step.RETRY): JobStatus.QUEUED,
}

_STANDS = {
    JobStatus.QUEUED: "still waits",
    JobStatus.RUNNING: "is being made",
    JobStatus.SUCCEEDED: "is made already",
    JobStatus.FAILED: "has failed",
    JobStatus.CANCELLED: "is cancelled already",
}


def after(status: JobStatus, step: Step) -> JobStatus:
    """The status that `step` leads to. Raises `Conflict` where it may not follow `status`."""
    try:
        return _AFTER[status, step]
    except KeyError:
        raise Conflict(f"This {_STANDS[status]}: it cannot be {_PAST[step]}.") from None


def may(status: JobStatus, step: Step) -> bool:
    """Whether `step` may follow `status`."""
    return (status, step) in _AFTER


def has_ended(status: JobStatus) -> bool:
    """Whether nothing more comes of it by itself."""
    return status in (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED)


_PAST = {
    Step.START: "started",
    Step.SUCCEED: "finished",
    Step.FAIL: "given up",
    Step.CANCEL: "cancelled",
    Step.PUT_BACK: "put back",
    Step.RETRY: "tried again",
}

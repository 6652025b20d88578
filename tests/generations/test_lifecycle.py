"""What may follow what: every pair, against the table that people have in mind."""

import itertools

import pytest

from clonegallery.errors import Conflict
from clonegallery.generations.lifecycle import Step, after, has_ended, may
from clonegallery.models.job import JobStatus

ALLOWED = {
    ("queued", "start"): "running",
    ("queued", "cancel"): "cancelled",
    ("running", "succeed"): "succeeded",
    ("running", "fail"): "failed",
    ("running", "cancel"): "cancelled",
    ("running", "put back"): "queued",
    ("failed", "retry"): "queued",
    ("cancelled", "retry"): "queued",
}


@pytest.mark.parametrize(("status", "step"), list(itertools.product(JobStatus, Step)))
def test_every_pair(status: JobStatus, step: Step) -> None:
    expected = ALLOWED.get((status.value, step.value))
    assert may(status, step) == (expected is not None)
    if expected is not None:
        assert after(status, step) == expected
        return
    with pytest.raises(Conflict) as refused:
        after(status, step)
    assert refused.value.detail.endswith(".")


def test_what_has_ended_changes_only_by_a_retry() -> None:
    for status in JobStatus:
        follows = {step for step in Step if may(status, step)}
        assert has_ended(status) == (follows <= {Step.RETRY})

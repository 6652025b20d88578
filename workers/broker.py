"""The one Dramatiq actor. Its message is a hint: it claims what is fairly next, not necessarily what it names."""

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AsyncIO

from clonegallery.failures import as_gallery_error
from clonegallery.jobs.hints import ACTOR, make_broker
from clonegallery.jobs.runner import Runner
from clonegallery.log import get_logger

log = get_logger(__name__)


def broker_for(queue: str, runner: Runner) -> RedisBroker:
    """A broker with the actor that lets `runner` run what waits, from any message on until nothing does.

    A job that had to wait for another one of its owner's would find no message left to wake for it. No retries, no
    time limits, no results: the job's row has its own attempts and lease.
    """
    broker = make_broker([AsyncIO()])

    async def run_job(job_id: str) -> None:
        try:
            while await runner.run_next():
                pass
        except Exception as error:
            known = as_gallery_error(error)
            if known is None or not known.retryable:
                raise
            # Without a database there is nothing to claim; the reaper sends the hint again when it is back.
            log.warning("job not claimed", hint=job_id, reason=known.detail)

    dramatiq.actor(actor_name=ACTOR, queue_name=queue, broker=broker)(run_job)
    return broker

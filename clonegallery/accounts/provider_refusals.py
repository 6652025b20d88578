"""Those who come by a provider and are not let in: counted by address with the wrong passwords, and written down."""

from uuid import UUID

from clonegallery import throttle
from clonegallery.accounts import audit
from clonegallery.accounts.audit import AuditAction
from clonegallery.accounts.schemas import Caller, Provider
from clonegallery.db import unit_of_work
from clonegallery.errors import TooManyRequests
from clonegallery.log import get_logger
from clonegallery.throttle import Bucket

log = get_logger(__name__)


async def admit_to_provider(caller: Caller) -> None:
    """Count one who leaves for a provider. Raises `TooManyRequests` for an address that tried too often."""
    try:
        await throttle.take(Bucket.SIGN_IN_ADDRESS, throttle.network_of(caller.address))
    except TooManyRequests:
        await _note_throttled(caller)
        raise


async def admit_from_provider(caller: Caller) -> None:
    """Raises `TooManyRequests` for an address that tried too often; only refusals are counted here."""
    try:
        await throttle.check(Bucket.SIGN_IN_ADDRESS, throttle.network_of(caller.address))
    except TooManyRequests:
        await _note_throttled(caller)
        raise


async def note_provider_refusal(
    provider: Provider, reason: str, caller: Caller, *, linking: str = "", subject_id: UUID | None = None
) -> None:
    """Count and write down that this provider's account was not let in, or not linked to the person `linking`."""
    person = UUID(linking) if linking else None
    async with unit_of_work() as work:
        audit.record(
            work.session,
            AuditAction.IDENTITY_LINK_FAILED if person else AuditAction.SIGN_IN_FAILED,
            subject_id=person or subject_id,
            actor_id=person,
            caller=caller,
            reason=reason,
            provider=provider,
        )
    await throttle.count(Bucket.SIGN_IN_ADDRESS, throttle.network_of(caller.address))


async def _note_throttled(caller: Caller) -> None:
    log.warning("sign-in by a provider throttled", address=caller.address)
    # One line a minute: a flood must not fill the log that nobody can empty.
    if await throttle.is_news("provider_throttled", throttle.network_of(caller.address)):
        async with unit_of_work() as work:
            audit.record(work.session, AuditAction.SIGN_IN_THROTTLED, subject_id=None, caller=caller)

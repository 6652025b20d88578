"""The sweeps that keep names ready to be suggested. No list shows anything of what they write."""

from typing import Final

from clonegallery.db import unit_of_work
from clonegallery.images.repository import labels
from clonegallery.jobs.runner import Sweep
from clonegallery.models.instrument import InstrumentKind

_AT_ONCE: Final = 1_000


async def keep_missing_labels() -> int:
    """Write how tags begin that came before that was written, some at a time; returns of how many."""
    kept, some = 0, _AT_ONCE
    while some == _AT_ONCE:
        async with unit_of_work() as work:
            work.changes.concern_only()
            some = await labels.keep_labels(work.session, _AT_ONCE)
        kept += some
    return kept


async def count_names() -> int:
    """Write how common tags, cameras, lenses and models are; returns of how many that has changed."""
    async with unit_of_work() as work:
        work.changes.concern_only()
        changed = await labels.count_tags(work.session)
    for kind in InstrumentKind:
        async with unit_of_work() as work:
            work.changes.concern_only()
            changed += await labels.count_instruments(work.session, kind)
    return changed


SWEEPS = (
    Sweep("tags that cannot be suggested yet", 30, keep_missing_labels),
    Sweep("how common names are", 300, count_names),
)

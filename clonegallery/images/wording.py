"""The words of pictures that have none yet: they came before words were kept, or are to be taken apart anew."""

from collections.abc import Callable
from typing import Final

from clonegallery.db import unit_of_work
from clonegallery.images.repository import documents
from clonegallery.jobs.runner import Sweep

_AT_ONCE: Final = 500

Progress = Callable[[int, int], None]


async def keep_missing_words() -> int:
    """Keep the words of every picture that has none, some at a time; returns how many there were."""
    kept, some = 0, _AT_ONCE
    while some == _AT_ONCE:
        async with unit_of_work() as work:
            ids = await documents.without_words(work.session, _AT_ONCE)
            await documents.keep_words(work.session, ids)
        some = len(ids)
        kept += some
    return kept


async def keep_all_words(progress: Progress) -> int:
    """Take apart the words of every picture anew, as after a change of `SEARCH_LANGUAGE`; returns how many there are.

    `progress` is told how many are done and how many there are. What is found meanwhile is found by the old words or by
    the new ones. Whoever breaks it off begins anew.
    """
    async with unit_of_work() as work:
        total = await documents.count_all(work.session)
    done, last = 0, None
    while True:
        async with unit_of_work() as work:
            ids = await documents.next_ids(work.session, last, _AT_ONCE)
            await documents.keep_words(work.session, ids)
        done += len(ids)
        progress(done, max(done, total))
        if len(ids) < _AT_ONCE:
            return done
        last = ids[-1]


SWEEPS = (Sweep("pictures without their words", 30, keep_missing_words),)

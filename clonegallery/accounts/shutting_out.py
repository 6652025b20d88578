"""Ending everything that opens an account, at once."""

from clonegallery.accounts.repository import keys, links, people, sessions
from clonegallery.db import UnitOfWork
from clonegallery.models.account import User


async def end_everything(work: UnitOfWork, user: User) -> None:
    """End every session, token, key and link of `user`, whose row the caller holds and changed.

    The rows go, and the epoch makes sure: a sign-in that is just being made carries the old one and is born dead, and
    a letter that is still waiting is not sent. Links that verify go too: whoever got in may have asked for one to an
    address of their own, by which they would get in again.
    """
    user.token_epoch += 1
    await people.save_user(work.session, user)
    await sessions.delete_of(work.session, user.id)
    await keys.delete_of(work.session, user.id)
    await links.delete_of(work.session, user.id)

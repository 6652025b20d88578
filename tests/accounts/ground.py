"""What the tests of accounts share: people, their sign-ins, and looking at the rows behind."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import SQLModel, col

from clonegallery.accounts import service
from clonegallery.accounts.schemas import NOWHERE, Caller, Person, Viewer
from clonegallery.db import reading, unit_of_work
from clonegallery.jobs.runner import Kind, Runner
from clonegallery.models.account import Role
from clonegallery.models.audit import AuditEntry
from tests.factories import PASSWORD

HOME = Caller("203.0.113.7", "Firefox")
AWAY = Caller("198.51.100.9", "curl")


async def make(username: str = "bob", role: Role = Role.EDITOR) -> Person:
    return await service.create_user(email=f"{username}@example.org", username=username, password=PASSWORD, role=role)


async def signed_in(username: str = "bob", caller: Caller = NOWHERE) -> Viewer:
    """The viewer of a new browser session."""
    return (await service.sign_in(username, PASSWORD, caller=caller)).viewer


async def by_token(username: str = "bob") -> Viewer:
    """The viewer of a program that has just signed in."""
    return await service.viewer_for_bearer((await service.issue_tokens(username, PASSWORD)).access_token)


async def change(table: type[SQLModel], **values: object) -> None:
    """Write these columns of every row of `table`."""
    async with unit_of_work() as work:
        await work.session.execute(update(table).values(**values))


async def count(table: type[SQLModel]) -> int:
    async with reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def column(name: Any) -> Sequence[Any]:
    """Every value of one column."""
    async with reading() as connection:
        return (await connection.execute(select(name))).scalars().all()


async def audit_lines(action: str | None = None) -> Sequence[Any]:
    """The audit log's rows, the oldest first."""
    wanted = select(AuditEntry).order_by(col(AuditEntry.at), col(AuditEntry.id))
    if action is not None:
        wanted = wanted.where(col(AuditEntry.action) == action)
    async with reading() as connection:
        return (await connection.execute(wanted)).all()


async def id_of(username: str) -> UUID:
    return next(person.id for person in await service.list_users() if person.username == username)


async def deliver() -> None:
    """Do the jobs that wait, as a worker does."""
    runner = Runner("media", {"mail_link": Kind(service.send_link)})
    while await runner.run_next():
        pass

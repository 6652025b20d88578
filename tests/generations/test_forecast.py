"""The forecast plays the queue's own rule forward; here it is held against the claims themselves."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonegallery.db import unit_of_work
from clonegallery.generations import repository
from clonegallery.generations.forecast import Turn, Waiter, order_of_service, seconds_until
from clonegallery.ids import new_id
from clonegallery.jobs import service as jobs
from clonegallery.models.account import Role, User
from tests.conftest import Services

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
OWNERS = [UUID(int=number) for number in (1, 2, 3)]


def _waiter(number: int, owner: int, *, priority: int = 0, age: int = 0) -> Waiter:
    return Waiter(UUID(int=1000 + number), OWNERS[owner], priority, MOMENT - timedelta(seconds=age))


def _turns(*served: int) -> dict[UUID, Turn]:
    return {owner: Turn(MOMENT + timedelta(seconds=moment)) for owner, moment in zip(OWNERS, served, strict=False)}


def test_owners_take_turns_whoever_was_served_longest_ago_first() -> None:
    waiting = [_waiter(n, 0, age=100 - n) for n in range(4)] + [_waiter(10, 1), _waiter(20, 2)]
    order = order_of_service(waiting, _turns(5, 9, 1))
    assert [job.int - 1000 for job in order] == [20, 0, 10, 1, 2, 3]


def test_within_one_s_own_the_urgent_goes_before_the_old() -> None:
    waiting = [_waiter(1, 0, age=50), _waiter(2, 0, age=10, priority=1), _waiter(3, 0, age=90)]
    assert [job.int - 1000 for job in order_of_service(waiting, _turns(0))] == [2, 3, 1]


def test_of_two_who_were_never_served_the_one_with_priority_goes_first() -> None:
    turns = {OWNERS[0]: Turn(MOMENT), OWNERS[1]: Turn(MOMENT, priority=1)}
    order = order_of_service([_waiter(1, 0, age=9), _waiter(2, 1)], turns)
    assert [job.int - 1000 for job in order] == [2, 1]


@pytest.mark.parametrize(
    ("position", "running", "workers", "expected"),
    [(1, [], 1, 0.0), (2, [], 1, 10.0), (1, [4.0], 1, 4.0), (3, [4.0], 1, 24.0), (1, [4.0], 2, 0.0),
     (2, [4.0], 2, 4.0), (3, [4.0], 2, 10.0), (4, [4.0, 8.0], 2, 18.0)],
)  # fmt: skip
def test_waiting_time(position: int, running: list[float], workers: int, expected: float) -> None:
    assert seconds_until(position, running, workers, 10.0) == expected


def test_nobody_promises_what_was_never_measured() -> None:
    assert seconds_until(1, [], 1, None) is None
    assert seconds_until(1, [], 0, 10.0) is None


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 50)), max_size=30))
def test_nobody_is_served_twice_before_everybody_who_waits_is_served_once(found: list[tuple[int, int, int]]) -> None:
    waiting = [_waiter(n, owner, priority=priority, age=age) for n, (owner, priority, age) in enumerate(found)]
    owner_of = {waiter.job_id: waiter.owner_id for waiter in waiting}
    order = [owner_of[job] for job in order_of_service(waiting, _turns(3, 1, 2))]
    assert sorted(order) == sorted(waiter.owner_id for waiter in waiting)
    for place, owner in enumerate(order):
        earlier = order[:place].count(owner)
        for other in set(order[place:]) - {owner}:
            assert order[:place].count(other) >= earlier - 1


async def test_the_claims_come_in_the_order_that_was_foretold(database: Services) -> None:
    people = [User(email=f"p{n}@example.org", username=f"person{n}", role=Role.EDITOR) for n in range(4)]
    async with unit_of_work() as work:
        work.session.add_all(people)
    for number in range(20):
        owner = people[number % 4 if number % 3 else 0]
        async with unit_of_work() as work:
            await jobs.enqueue(
                work, kind="generate", queue="gpu", owner_id=owner.id, subject_id=new_id(), priority=number % 2
            )
    async with unit_of_work() as work:
        rows = await repository.waiting(work.session, limit=100)
    turns = {row.owner_id: Turn(row.served_at, row.turn_priority) for row in rows}
    foretold = order_of_service([Waiter(row.id, row.owner_id, row.priority, row.created_at) for row in rows], turns)
    claimed = []
    while (run := await jobs.claim("gpu")) is not None:
        claimed.append(run.id)
    assert claimed == foretold

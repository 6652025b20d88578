"""Who is served when: the queue's own rule played forward, for an honest place and waiting time. Pure."""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Waiter:
    """A queued job: whose it is, and its urgency among theirs."""

    job_id: UUID
    owner_id: UUID
    priority: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """When an owner was served last, and what decides between owners who were served at the same time."""

    served_at: datetime
    priority: int = 0


def order_of_service(waiting: Iterable[Waiter], turns: Mapping[UUID, Turn]) -> list[UUID]:
    """The jobs in the order in which they will be claimed, if nothing else comes: the least recently served owner
    first, then the most urgent and oldest job of theirs (the same rule as the claim's in `jobs/repository.py`)."""
    lines: dict[UUID, deque[UUID]] = {}
    for waiter in sorted(waiting, key=lambda one: (-one.priority, one.created_at, one.job_id)):
        lines.setdefault(waiter.owner_id, deque()).append(waiter.job_id)
    round_ = [(turns[owner].served_at.timestamp(), -turns[owner].priority, owner) for owner in lines if owner in turns]
    heapq.heapify(round_)
    latest = max((served for served, _, _ in round_), default=0.0)
    order: list[UUID] = []
    while round_:
        _, urgency, owner = heapq.heappop(round_)
        order.append(lines[owner].popleft())
        if lines[owner]:
            latest += 1.0  # Whoever was served just now is served again after everybody else.
            heapq.heappush(round_, (latest, urgency, owner))
    return order


def seconds_until(position: int, running_left: Sequence[float], workers: int, each: float | None) -> float | None:
    """How long the job at `position` (from 1) waits: `workers` of them take jobs of `each` seconds, after those that
    run now, which need `running_left` seconds each. None where nothing was measured, or nobody works."""
    if each is None or workers < 1:
        return None
    free_at = sorted([*running_left[:workers], *[0.0] * max(0, workers - len(running_left))])
    heapq.heapify(free_at)
    for _ in range(position - 1):
        heapq.heappush(free_at, heapq.heappop(free_at) + each)
    return free_at[0]

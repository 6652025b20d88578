"""Whoever waits for pictures, in tests: keeps what it is told, and may change its mind."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Onlooker:
    """The `Watcher` port, in memory; `at_step` is called at each step that arrives."""

    at_step: Callable[["Onlooker"], None] = lambda _onlooker: None
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    steps: list[tuple[int, int]] = field(default_factory=list)
    previews: list[bytes] = field(default_factory=list)
    kept: str | None = None

    async def step(self, step: int, steps: int, preview: bytes | None = None) -> None:
        self.steps.append((step, steps))
        if preview is not None:
            self.previews.append(preview)
        self.at_step(self)

    def noted(self) -> str | None:
        return self.kept

    async def note(self, text: str | None) -> None:
        self.kept = text

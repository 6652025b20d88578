"""How much memory the gallery's own servers may count on."""

from pathlib import Path

import psutil
import pytest

from clonegallery.runtime.memory import memory_mb

_MACHINE = psutil.virtual_memory().total // 1024**2


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"{64 * 1024**2}\n", 64),
        ("max\n", _MACHINE),
        (f"{2**62}\n", _MACHINE),
        ("", _MACHINE),
        (None, _MACHINE),
    ],
)
def test_a_container_has_no_more_than_it_may_use(said: str | None, expected: int, tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    if said is not None:
        limit.write_text(said)
    assert memory_mb(limit) == expected

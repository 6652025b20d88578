"""Settings that a test changes, as an operator does by the environment."""

from collections.abc import Callable, Iterator

import pytest

from clonegallery.settings import get_settings

Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Call it with settings in capitals; they are gone after the test."""

    def change(**environment: str) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()

    yield change
    monkeypatch.undo()
    get_settings.cache_clear()

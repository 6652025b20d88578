"""A gallery that is set up to have pictures made by services, none of which is asked by what only queues."""

from collections.abc import Callable, Iterator

import pytest

from clonegallery.settings import get_settings

Configure = Callable[..., None]

KEYS = {"OPENAI_API_KEY": "sk-test", "STABILITY_API_KEY": "sk-test"}


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Sets environment variables for the rest of the test."""

    def change(**environment: str) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()

    yield change
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def set_up(configure: Configure) -> Configure:
    """Set up, and for more of it."""
    configure(**KEYS)
    return configure

"""Ground that the tests of the search stand on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clonegallery.inference.embedders import forget_embedders
from clonegallery.settings import get_settings

UseModel = Callable[[str], None]


@pytest.fixture
def use_model(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UseModel]:
    """Let pictures be placed by one of the tiny models from now on."""

    def use(family: str) -> None:
        monkeypatch.setenv("EMBEDDING_MODEL", str(tiny_models / family))
        get_settings.cache_clear()

    yield use
    monkeypatch.undo()
    get_settings.cache_clear()
    forget_embedders()

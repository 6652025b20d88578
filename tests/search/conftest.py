"""Ground that the tests of the search stand on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from clonegallery.db import autocommitting, reading
from clonegallery.inference.embedders import forget_embedders
from clonegallery.settings import get_settings
from tests.conftest import Services

UseModel = Callable[[str], None]


@pytest.fixture
async def no_index(database: Services) -> None:
    """Emptying PostgreSQL's tables between tests leaves the indexes of the spaces that were in them."""
    async with autocommitting() as connection:
        if connection.dialect.name != "postgresql":
            return
        for name in await indexes():
            await connection.execute(text(f"DROP INDEX {name}"))


async def indexes() -> set[str]:
    """The names of the spaces' indexes."""
    known = text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'ix_image_embeddings_space_%'")
    async with reading() as connection:
        return set((await connection.execute(known)).scalars())


@pytest.fixture
def use_model(no_index: None, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UseModel]:
    """Let pictures be placed by one of the tiny models from now on."""

    def use(family: str) -> None:
        monkeypatch.setenv("EMBEDDING_MODEL", str(tiny_models / family))
        get_settings.cache_clear()

    yield use
    monkeypatch.undo()
    get_settings.cache_clear()
    forget_embedders()

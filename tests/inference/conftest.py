"""The tiny models, saved once for the whole run."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from clonegallery.inference.diffusers import Diffusers
from tests.inference import tiny
from tests.inference.asking import FAMILIES, settings_of


@pytest.fixture(scope="session")
def tiny_models() -> Iterator[Path]:
    """A folder with a tiny model of each family: `sd1`, `sdxl`, `flux`, `sd3`, and `checked` with a safety checker."""
    with TemporaryDirectory(prefix="cg-models-") as folder:
        for name, save in tiny.FAMILIES.items():
            save(Path(folder) / name)
        tiny.save_sd1(Path(folder) / "checked", safety=True)
        yield Path(folder)


@pytest.fixture
def local(tiny_models: Path) -> Diffusers:
    """The adapter over all the tiny models; nothing is loaded yet."""
    return Diffusers(settings_of(tiny_models, *FAMILIES))

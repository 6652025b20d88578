"""The gallery's own small models: they come with it, and `postcard-mini` stands in their names wherever they appear."""

from pathlib import Path
from typing import Final

from clonegallery.generation_settings import LocalModel

OWN_MODELS: Final = Path(__file__).parent / "postcard-mini"
"""Where they lie, each in a folder of its own; `workers/training` teaches them."""

DIFFUSION: Final = "postcard-mini/postcard-diffusion"
CLIP: Final = "postcard-mini/postcard-clip"
_PREFIX: Final = "postcard-mini/"


def is_own(source: str) -> bool:
    """Whether the model at `source`, a folder or a name, is one of these."""
    return source in (DIFFUSION, CLIP) or Path(source).parent == OWN_MODELS


def located(source: str) -> str:
    """The folder of one of these that is named as everybody sees it; any other source as it is."""
    folder = OWN_MODELS / source.removeprefix(_PREFIX)
    return str(folder) if source in (DIFFUSION, CLIP) and folder.is_dir() else source


def own_name(source: str) -> str:
    """What to call one of these: `postcard-mini/` and the last part of its folder."""
    return _PREFIX + Path(source).name


def own_diffusion() -> LocalModel | None:
    """The one that makes pictures, with what it was made for; None where it is not there."""
    folder = Path(located(DIFFUSION))
    if not folder.is_dir():
        return None
    return LocalModel(
        id=str(folder),
        name="postcard-mini (demo)",
        width=128,
        height=128,
        max_side=256,
        steps=20,
        guidance_scale=4.0,
        licence="MIT",
    )

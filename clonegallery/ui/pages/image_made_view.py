"""How a picture was made, as its page shows it: text ready to read."""

from dataclasses import dataclass, field

from clonegallery.images.schemas import GenerationOf, ImageDetail
from clonegallery.ui import routes
from clonegallery.ui.making import words


@dataclass(frozen=True)
class MadeFact:
    """One setting that was used."""

    label: str = ""
    value: str = ""


@dataclass(frozen=True)
class MadeView:
    """An empty `prompt` is that of a picture that was not made here."""

    prompt: str = ""
    negative_prompt: str = ""
    facts: list[MadeFact] = field(default_factory=list)
    use_all: str = ""
    use_prompt: str = ""
    use_seed: str = ""
    parent: str = ""
    parent_thumb: str = ""
    parent_large: str = ""


def made_view(detail: ImageDetail) -> MadeView:
    """What was used for a picture, as far as this viewer may know it."""
    used, image_id = detail.generation, str(detail.id)
    if used is None:
        return MadeView()
    parent = str(detail.parent_id or "")
    return MadeView(
        prompt=used.prompt,
        negative_prompt=used.negative_prompt,
        facts=[fact for fact in _facts(used, detail) if fact.value],
        use_all=routes.create_from(image_id, "all"),
        use_prompt=routes.create_from(image_id, "prompt"),
        use_seed=routes.create_from(image_id, "seed") if used.seed is not None else "",
        parent=routes.image(parent) if parent else "",
        parent_thumb=f"/api/v1/images/{parent}/file/thumb_300" if parent else "",
        parent_large=f"/api/v1/images/{parent}/file/thumb_1200" if parent else "",
    )


def _facts(used: GenerationOf, detail: ImageDetail) -> list[MadeFact]:
    """The size only where it is not the picture's own, which is told beside its file."""
    is_its_own = (used.width, used.height) == (detail.width, detail.height)
    return [
        MadeFact("Model", used.model),
        MadeFact("Made by", words.PROVIDERS.get(used.provider, used.provider)),
        MadeFact("Size", "" if is_its_own else words.size(used.width, used.height)),
        MadeFact("Steps", "" if used.steps is None else str(used.steps)),
        MadeFact("Guidance", "" if used.guidance_scale is None else words.number(used.guidance_scale)),
        MadeFact("Scheduler", used.scheduler or ""),
        MadeFact("Seed", "" if used.seed is None else str(used.seed)),
        MadeFact("Strength", "" if used.strength is None else words.number(used.strength)),
        MadeFact("Time", "" if used.seconds is None else words.duration(used.seconds)),
        MadeFact("Cost", "" if used.cost is None else f"${used.cost.normalize():f}"),
    ]

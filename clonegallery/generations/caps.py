"""How much each may ask for: by their role, or as an Admin has set it for them."""

from dataclasses import dataclass

from clonegallery.models.account import Role
from clonegallery.settings import Settings


@dataclass(frozen=True, slots=True)
class Caps:
    """At most so many generations that wait, that run, and pictures within 24 hours; None is no limit."""

    queued: int | None
    running: int | None
    images_per_day: int | None


def caps_of(settings: Settings, role: Role, own: Caps) -> Caps:
    """What holds for somebody of this role whose `own` caps, where there are any, come first."""
    return Caps(
        queued=_first(own.queued, settings.generation_queued_max.get(role)),
        running=_first(own.running, settings.generation_running_max.get(role)),
        images_per_day=_first(own.images_per_day, settings.generation_images_per_day.get(role)),
    )


def _first(own: int | None, of_role: int | None) -> int | None:
    return of_role if own is None else own

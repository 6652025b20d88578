"""The plain filters of an address as chips that can be taken away, or why they cannot be read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from clonegallery.images.asking import conditions_of
from clonegallery.images.conditions import Condition, ConditionName
from clonegallery.images.schemas import Filters, Sort
from clonegallery.images.texts import tag_of
from clonegallery.search.query import label_of
from clonegallery.ui.pages.gallery_address import Address, Parameter
from clonegallery.ui.pages.gallery_terms import shortened

_NUMBERS = (ConditionName.APERTURE, ConditionName.ISO, ConditionName.FOCAL_LENGTH, ConditionName.EXPOSURE)
_PARAMETERS: Mapping[ConditionName, tuple[str, ...]] = {
    **{name: (f"{name}_min", f"{name}_max") for name in _NUMBERS},
    ConditionName.TAKEN: ("taken_after", "taken_before"),
    ConditionName.PLACE: ("bbox",),
    ConditionName.GPS: ("has_gps",),
}
"""Of the conditions that are not called as their parameter is."""


@dataclass(frozen=True)
class FilterChip:
    """What one filter says, and the parameters of the address that say it."""

    label: str = ""
    parameters: list[Parameter] = field(default_factory=list)


def filter_chips(address: Address) -> list[FilterChip]:
    """A chip for each filter; none where they cannot be read."""
    filters = address.filters()
    found = [FilterChip(label_of(one), _parameters_of(one, address)) for one in conditions_of(filters)]
    lists = {"status": f"status {filters.status}", "trashed": "in your trash", "liked": "that you like"}
    return found + [FilterChip(label, _named(address, name)) for name, label in lists.items() if getattr(filters, name)]


def fault_in(address: Address) -> str:
    """Why the order or a filter cannot be read, as a sentence; an empty text where all can."""
    if address.sort and address.sort not in tuple(Sort):
        return f"The address asks for the order “{shortened(address.sort)}”, which there is not."
    try:
        Filters.model_validate(address.filters_as_given())
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            return f"The address asks for “{shortened(name)}”, which there is not."
        said = dict(address.others)[name]
        return f"The address says {name}={shortened(said)}, which cannot be read."
    return ""


def _parameters_of(condition: Condition, address: Address) -> list[Parameter]:
    if condition.name is ConditionName.TAG:
        return [one for one in _named(address, "tag") if tag_of(one[1]) == condition.value]
    return _named(address, *_PARAMETERS.get(condition.name, (condition.name.value,)))


def _named(address: Address, *names: str) -> list[Parameter]:
    return [one for one in address.others if one[0] in names]

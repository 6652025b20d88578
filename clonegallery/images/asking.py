"""The filters of a list as conditions, so that what is asked for by parameters and by a search is one thing."""

from clonegallery.images.conditions import Condition, ConditionName, Range, Sought, box_of
from clonegallery.images.schemas import Filters
from clonegallery.images.texts import tag_of

_TEXTS = (
    ConditionName.OWNER, ConditionName.VISIBILITY, ConditionName.RATING, ConditionName.SOURCE,
    ConditionName.CAMERA_MAKE, ConditionName.CAMERA_MODEL, ConditionName.LENS, ConditionName.MODEL, ConditionName.SEED,
)  # fmt: skip
_NUMBERS = (ConditionName.APERTURE, ConditionName.ISO, ConditionName.FOCAL_LENGTH, ConditionName.EXPOSURE)


def conditions_of(filters: Filters) -> list[Condition]:
    """What the filters ask for, all of it to hold at once; `trashed`, `liked` and `status` are lists of their own."""
    found = [Condition(name, value) for name in _TEXTS if (value := getattr(filters, name)) is not None]
    for name in _NUMBERS:
        low, high = getattr(filters, f"{name}_min"), getattr(filters, f"{name}_max")
        if low is not None or high is not None:
            found.append(Condition(name, Range(low, high)))
    if filters.taken_after is not None or filters.taken_before is not None:
        found.append(Condition(ConditionName.TAKEN, Range(filters.taken_after, filters.taken_before, high_open=True)))
    found += [Condition(ConditionName.TAG, tag_of(tag)) for tag in filters.tag]
    if filters.prompt is not None:
        found.append(Condition(ConditionName.PROMPT, filters.prompt))
    if filters.bbox is not None:
        found.append(Condition(ConditionName.PLACE, box_of(filters.bbox)))
    if filters.has_gps is not None:
        found.append(Condition(ConditionName.GPS, value=True, negated=not filters.has_gps))
    return found


def prompt_words(condition: Condition) -> Sought:
    """The words of a condition on prompts."""
    return Sought(str(condition.value), prefix=True, negated=condition.negated, in_prompt=True)

"""What one can write into the search box: a few lines with examples that can be taken over."""

from collections.abc import Sequence

import reflex as rx
from reflex_base.vars import VarData

from clonegallery.search.query import KEYS
from clonegallery.ui import styles
from clonegallery.ui.components.icons import icon

HELP = "search-help"
GROUPS = (
    ("Camera", ("camera", "make", "camera_model", "lens", "f", "iso", "mm", "s")),
    ("When and where", ("taken", "near", "bbox", "has")),
    ("About it", ("tag", "by", "source", "rating", "visibility")),
    ("Made here", ("model", "prompt", "seed")),
)
NOT_TYPED = ("like",)
"""What nobody types: a picture's page leads to pictures like it."""

_WORDS = (
    ("sunset lake", "both words, anywhere"),
    ('"golden hour"', "exactly this"),
    ("light*", "what begins like this"),
    ("-dog", "without it"),
    ("-tag:winter", "without this tag"),
)
_MORE = {"Camera": [('camera:="canon eos r5"', "this camera and no other")]}
_SAID = {"has": "where it was taken is known", "seed": "a whole number", "bbox": "west, south, east, north"}
"""For the keys whose own words are made for a refusal."""

_BY_KEY = {key.key: key for key in KEYS}
_ADD: rx.Var[str] = rx.Var("addExample", _var_data=VarData(imports={"$/public/search_draft.js": ["addExample"]}))


def search_help() -> rx.Component:
    """The popover that the box's question mark opens."""
    return rx.el.div(
        rx.el.div(
            rx.el.h2("How to search", id=f"{HELP}-title"),
            rx.el.button(
                icon("close", 18),
                type="button",
                aria_label="Close",
                class_name=styles.ICON_BUTTON,
                custom_attrs={"popoverTarget": HELP, "popoverTargetAction": "hide"},
            ),
            class_name="cg-find-head",
        ),
        rx.el.p("Take an example into the box, and change it there.", class_name=styles.NOTE),
        rx.el.div(
            _group("Words", _WORDS),
            *(_group(title, [*map(_line, keys), *_MORE.get(title, [])]) for title, keys in GROUPS),
            class_name="cg-help-groups",
        ),
        id=HELP,
        class_name="cg-help",
        role="dialog",
        aria_labelledby=f"{HELP}-title",
        custom_attrs={"popover": "auto"},
    )


def _line(key: str) -> tuple[str, str]:
    return _BY_KEY[key].example, _SAID.get(key, _BY_KEY[key].takes)


def _group(title: str, lines: Sequence[tuple[str, str]]) -> rx.Component:
    rows = (rx.el.li(_example(example), rx.el.span(what)) for example, what in lines)
    return rx.el.section(rx.el.h3(title), rx.el.ul(*rows), class_name="cg-help-group")


def _example(example: str) -> rx.Component:
    return rx.el.button(
        example,
        type="button",
        title="Take it into the box",
        class_name="cg-help-example",
        custom_attrs={"data-term": example, "onClick": _ADD},
    )

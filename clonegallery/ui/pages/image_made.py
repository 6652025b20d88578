"""The part of a picture's panel that tells how it was made, and the ways to make another one."""

import reflex as rx
from reflex_base.vars import VarData

from clonegallery.ui import styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.pages.image_made_view import MadeFact
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.session import SessionState

PICTURE = ImageState.picture
_MADE = ImageState.picture.made
_PROMPT = "made-prompt"
_SHOW_PART: rx.Var[str] = rx.Var("showPart", _var_data=VarData(imports={"$/public/compare.js": ["showPart"]}))
_COPY: rx.Var[str] = rx.Var("copyField", _var_data=VarData(imports={"$/public/copying.js": ["copyField"]}))


def made() -> rx.Component:
    """Nothing for a picture that was not made here."""
    return rx.cond(
        _MADE.prompt != "",
        rx.el.section(
            rx.el.h2("How it was made", class_name=styles.HIDDEN),
            rx.el.div(
                rx.el.p(_MADE.prompt, id=_PROMPT, class_name="cg-made-prompt"),
                rx.el.button(
                    rx.el.span(icon("copy", 18), class_name="cg-copy-before"),
                    rx.el.span(icon("check", 18), class_name="cg-copy-after"),
                    type="button",
                    aria_label="Copy the prompt",
                    class_name=f"{styles.ICON_BUTTON} cg-copy",
                    custom_attrs={"data-copies": _PROMPT, "onClick": _COPY},
                ),
                class_name="cg-made-line",
            ),
            rx.cond(
                _MADE.negative_prompt != "",
                rx.el.p(rx.el.span("Not: "), _MADE.negative_prompt, class_name="cg-made-negative"),
            ),
            rx.cond(SessionState.can_generate, _uses()),
            rx.cond(_MADE.parent != "", rx.fragment(_parent(), _compare())),
            rx.el.dl(rx.foreach(_MADE.facts, _fact), class_name="cg-facts"),
            class_name="cg-how-made",
        ),
    )


def beginning_link() -> rx.Component:
    """The way to image-to-image, for whoever may generate."""
    return rx.cond(
        SessionState.can_generate & (PICTURE.begin_from != ""),
        page_link(
            icon("image", 18), "Make from this picture", to=PICTURE.begin_from, class_name=f"{styles.BUTTON} cg-begin"
        ),
    )


def _uses() -> rx.Component:
    return rx.el.div(
        page_link("Remix", to=_MADE.use_all, class_name=styles.PRIMARY),
        page_link("Use prompt", to=_MADE.use_prompt, class_name=styles.BUTTON),
        rx.cond(_MADE.use_seed != "", page_link("Use seed", to=_MADE.use_seed, class_name=styles.BUTTON)),
        class_name="cg-made-uses",
    )


def _parent() -> rx.Component:
    return page_link(
        rx.el.img(src=_MADE.parent_thumb, alt="", loading="lazy"),
        rx.el.span("Made from this picture"),
        to=_MADE.parent,
        key=_MADE.parent,
        class_name="cg-made-parent",
    )


def _compare() -> rx.Component:
    """The picture over its parent, the part of it that is seen moved by a slider, also by the arrow keys."""
    return rx.el.div(
        rx.el.img(src=_MADE.parent_large, alt="", loading="lazy", class_name="cg-compare-before"),
        rx.el.img(src=PICTURE.large, alt="", class_name="cg-compare-after"),
        rx.el.i(aria_hidden="true"),
        rx.el.input(
            type="range",
            min="0",
            max="100",
            default_value="50",
            aria_label="How much is seen of this picture, over the one that it was made from",
            custom_attrs={"onInput": _SHOW_PART},
        ),
        key=f"compare {PICTURE.id}",
        class_name="cg-compare",
        style={"aspectRatio": f"{PICTURE.width} / {PICTURE.height}"},
    )


def _fact(fact: MadeFact) -> rx.Component:
    return rx.el.div(rx.el.dt(fact.label), rx.el.dd(fact.value), key=fact.label)

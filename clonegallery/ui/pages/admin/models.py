"""The page of the models: what makes pictures here, and what says which of them look alike."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.pages.admin.models_state import MakerView, ModelsState, SpaceView
from clonegallery.ui.pages.admin.page import admin_page, problem

TITLE = "Models · CloneGallery"
ON_LOAD = (ModelsState.load, ModelsState.follow)


def page() -> rx.Component:
    return admin_page(
        rx.cond(ModelsState.problem == "", _lists(), problem(ModelsState.problem, retry=ModelsState.load)),
        path=routes.MODELS,
    )


def _lists() -> rx.Component:
    return rx.fragment(
        _section(
            "What looks alike",
            "Every picture is placed by an embedding model; EMBEDDING_MODEL names another one. All pictures are placed "
            "anew then, in the background, and the old one is searched until the last of them is.",
            rx.cond(ModelsState.trouble != "", _trouble()),
            rx.cond(
                ModelsState.spaces,
                rx.el.ul(rx.foreach(ModelsState.spaces, _space), class_name="cg-items"),
                rx.el.p(
                    "No picture is placed: there is no embedding model, or it has just begun.",
                    class_name="cg-items-none",
                ),
            ),
        ),
        _section(
            "What makes pictures",
            "The first one is used where nobody asks for another.",
            rx.cond(
                ModelsState.makers,
                rx.el.ul(rx.foreach(ModelsState.makers, _maker), class_name="cg-items"),
                rx.el.p("Nothing is set up to make pictures.", class_name="cg-items-none"),
            ),
        ),
    )


def _trouble() -> rx.Component:
    return rx.el.p(
        "The pictures could not be placed: ",
        ModelsState.trouble,
        " It is tried again ten minutes after it failed.",
        role="alert",
        class_name=styles.FIELD_ERROR,
    )


def _section(title: str, about: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title), rx.el.p(about, class_name=styles.NOTE), *content, aria_label=title, class_name="cg-section"
    )


def _space(space: SpaceView) -> rx.Component:
    bar = rx.el.div(
        rx.el.i(style={"transform": f"scaleX({space.share})"}),
        role="progressbar",
        aria_label=f"Placed by {space.model}",
        custom_attrs={
            "aria-valuemin": 0,
            "aria-valuemax": space.total,
            "aria-valuenow": space.placed,
            "aria-valuetext": space.count,
        },
        class_name="cg-bar",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.p(space.model, class_name="cg-item-main"),
            rx.el.p(space.state, " · ", space.count, class_name="cg-item-detail"),
            rx.cond(space.moving, bar),
            class_name="cg-space",
        ),
        key=space.key,
        class_name="cg-item",
    )


def _maker(maker: MakerView) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(maker.name, class_name="cg-item-main"),
            rx.el.p(maker.provider, " · ", maker.about, class_name="cg-item-detail"),
        ),
        key=maker.key,
        class_name="cg-item",
    )

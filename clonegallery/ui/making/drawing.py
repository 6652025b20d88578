"""Generations as both of their pages draw them: the places of the pictures, the progress, what can be done."""

from typing import Any

import reflex as rx
from reflex_base.components.component import field

from clonegallery.ui import styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.events import calling
from clonegallery.ui.making.following import StepView
from clonegallery.ui.making.views import CellView, JobView

_LIBRARY = "$/public/generation.js"


class GenerationNews(rx.Component):
    """Takes what was told, for every other component of this module. Draws nothing."""

    library = _LIBRARY
    tag = "GenerationNews"

    told: rx.Var[list[StepView]] = field(doc="The steps that were told since the last time.")


class GenerationAsked(rx.Component):
    """Brings what was just asked for into view on narrow screens: the element `generation-…`. Draws nothing."""

    library = _LIBRARY
    tag = "GenerationAsked"

    job: rx.Var[str] = field(doc="The generation that was asked for last; an empty text before there is one.")


class GenerationPreview(rx.Component):
    """The picture as it forms; nothing until there is a first preview."""

    library = _LIBRARY
    tag = "GenerationPreview"

    job: rx.Var[str] = field(doc="The generation.")
    status: rx.Var[str] = field(doc="What its row says.")
    label: rx.Var[str] = field(doc="What a screen reader calls it.")


class GenerationProgress(GenerationPreview):
    """The bar, and the same in words; what the row says stands in until a step is told."""

    tag = "GenerationProgress"

    step: rx.Var[int] = field(doc="What its row says.")
    steps: rx.Var[int] = field(doc="As above.")
    text: rx.Var[str] = field(doc="As above, in words.")


def pictures(job: JobView) -> rx.Component:
    """A place for each picture, in its shape from the beginning."""
    return rx.el.div(
        rx.foreach(job.cells, lambda cell: _cell(job, cell)),
        class_name="cg-cells",
        style={"--cg-w": job.width, "--cg-h": job.height, "--cg-columns": job.columns},
    )


def _cell(job: JobView, cell: CellView) -> rx.Component:
    preview = GenerationPreview.create(job=job.id, status=job.status, label="Preview")
    shown = rx.el.img(
        src=cell.small,
        src_set=cell.sources,
        sizes="(max-width: 820px) 100vw, 60vw",
        alt=f"Open the picture: {job.prompt}",
        loading="lazy",
    )
    inner = rx.fragment(rx.cond(cell.live, preview), rx.cond(cell.small != "", shown))
    linked = page_link(
        inner,
        rx.cond(cell.small == "", rx.el.span("Open the picture", class_name=styles.HIDDEN)),
        to=cell.href,
        class_name="cg-cell",
        style={"backgroundColor": cell.color},
    )
    place = rx.el.div(inner, class_name=rx.cond(cell.live, "cg-cell cg-cell-live", "cg-cell"))
    return rx.fragment(rx.cond(cell.href != "", linked, place), key=cell.key)


def standing(job: JobView) -> rx.Component:
    """How it stands: its progress, its place in the queue, or the reason why it failed."""
    return rx.match(
        job.status,
        (
            "running",
            GenerationProgress.create(
                job=job.id,
                status=job.status,
                step=job.step,
                steps=job.steps,
                text=job.progress,
                label=f"Progress: {job.prompt}",
            ),
        ),
        ("queued", rx.el.p(job.waiting, class_name="cg-job-place")),
        ("failed", rx.el.p(icon("warning", 18), rx.el.span(job.error), class_name="cg-job-error")),
        ("cancelled", rx.el.p("Cancelled.", class_name="cg-job-place")),
        rx.fragment(),
    )


def actions(job: JobView, state: Any) -> rx.Component:
    """What can be done with it; `state` has the handlers `cancel` and `retry`."""
    return rx.fragment(
        rx.cond(
            job.cancelling,
            rx.el.span("Cancelling …", class_name=styles.NOTE),
            rx.cond(
                job.can_cancel,
                _button("Cancel", job, calling(state.cancel, job.id), styles.QUIET),
            ),
        ),
        rx.cond(job.can_retry, _button("Retry", job, calling(state.retry, job.id), styles.BUTTON)),
    )


def _button(label: str, job: JobView, event: Any, class_name: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        on_click=event,
        aria_label=f"{label}: {job.prompt}",
        class_name=f"{class_name} cg-job-button",
    )

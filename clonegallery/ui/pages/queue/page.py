"""What one asked to have made: waiting, running, done, failed, cancelled."""

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.generations.schemas import JobStatus
from clonegallery.ui import routes, styles
from clonegallery.ui.components.guarded import guarded
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank, skeleton
from clonegallery.ui.making import words
from clonegallery.ui.making.drawing import GenerationNews, actions, pictures, standing
from clonegallery.ui.making.views import JobView
from clonegallery.ui.pages.queue.state import QueueState
from clonegallery.ui.template import template

TITLE = "Queue · CloneGallery"
ON_LOAD = (QueueState.load, QueueState.follow)

_FILTERS = (("", "All"), *((status.value, words.STATUSES[status]) for status in JobStatus))


def page() -> rx.Component:
    return template(
        guarded(
            rx.cond(QueueState.loaded, _queue(), skeleton()),
            path=routes.QUEUE,
            needs=Permission.GENERATE,
            refusal="Your account may look, like and report, but not create. An Admin of this gallery can change that.",
        ),
        path=routes.QUEUE,
        class_name=f"{styles.NARROW_PAGE} cg-queue",
    )


def _queue() -> rx.Component:
    return rx.fragment(
        GenerationNews.create(told=QueueState.told),
        rx.el.p(QueueState.said, role="status", aria_live="polite", class_name=styles.HIDDEN),
        rx.el.div(
            rx.el.h1("Queue", class_name=styles.TOOLBAR_TITLE),
            page_link("Create", to=routes.CREATE, class_name=styles.BUTTON),
            class_name=styles.TOOLBAR,
        ),
        rx.el.nav(*(_filter(*one) for one in _FILTERS), aria_label="Filter", class_name="cg-sort cg-queue-filter"),
        rx.cond(
            QueueState.problem != "",
            _problem(),
            rx.cond(QueueState.jobs, _list(), _nothing()),
        ),
    )


def _filter(status: str, label: str) -> rx.Component:
    here = rx.cond(QueueState.status == status, "true", "false")
    return page_link(label, to=routes.queue(status), custom_attrs={"aria-current": here})


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(QueueState.jobs, _job), class_name="cg-queue-list", aria_label="Generations"),
        rx.cond(
            QueueState.has_more,
            rx.el.div(
                rx.el.button("Load more", type="button", on_click=QueueState.more, class_name=styles.BUTTON),
                class_name="cg-pages",
            ),
        ),
    )


def _job(job: JobView) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.cond(job.stage, pictures(job), _no_picture(job)), class_name="cg-queue-pictures"),
        rx.el.div(
            rx.el.p(
                rx.el.span(job.label, class_name=f"cg-badge cg-badge-{job.status}"),
                rx.el.span(job.created, title=job.created_exactly),
                rx.cond(job.cost != "", rx.el.span(job.cost)),
                class_name="cg-queue-when",
            ),
            rx.el.p(job.prompt, class_name="cg-job-prompt"),
            rx.cond(job.status == "cancelled", rx.fragment(), standing(job)),
            rx.cond(job.fallback != "", rx.el.p(job.fallback, class_name=styles.NOTE)),
            rx.el.p(job.model, " · ", job.settings, class_name="cg-job-settings"),
            rx.el.div(
                actions(job, QueueState),
                page_link(
                    "Use again",
                    to=job.again,
                    aria_label=f"Use the settings again: {job.prompt}",
                    class_name=f"{styles.QUIET} cg-job-button",
                ),
                class_name="cg-job-actions",
            ),
            class_name="cg-job-text",
        ),
        key=job.id,
        class_name=f"cg-queue-job cg-job-{job.status}",
    )


def _no_picture(job: JobView) -> rx.Component:
    return rx.el.div(
        icon("image", 22),
        class_name="cg-queue-empty",
        style={"--cg-shape": f"{job.width} / {job.height}", "aspectRatio": f"{job.width} / {job.height}"},
        aria_hidden="true",
    )


def _nothing() -> rx.Component:
    return rx.cond(
        QueueState.status == "",
        blank(
            "image",
            "Nothing in the queue",
            "What you ask to have made is listed here, with everything that became of it.",
            page_link("Create a picture", to=routes.CREATE, class_name=styles.PRIMARY),
        ),
        blank(
            "image",
            "None of them now",
            "None of what you asked to have made stands like this.",
            page_link("Show all", to=routes.QUEUE, class_name=styles.PRIMARY),
        ),
    )


def _problem() -> rx.Component:
    return rx.el.div(
        rx.el.p(QueueState.problem),
        rx.el.button("Try again", type="button", on_click=QueueState.load, class_name=styles.BUTTON),
        role="alert",
        class_name="cg-problem",
    )

"""What is being made, what waits, what has just ended; and the last pictures, whose settings can be used again."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.thumbs import Thumb, thumb_link
from clonegallery.ui.events import calling
from clonegallery.ui.making.drawing import GenerationAsked, GenerationNews, actions, pictures, standing
from clonegallery.ui.making.views import JobView
from clonegallery.ui.pages.create.jobs_state import JobsState
from clonegallery.ui.pages.create.state import CreateState

MADE_ID = "pictures"
_USES = (
    ("all", "Use all", "Use all settings of"),
    ("prompt", "Prompt", "Use the prompt of"),
    ("seed", "Seed", "Use the seed of"),
)


def panels() -> rx.Component:
    return rx.el.section(
        GenerationNews.create(told=JobsState.told),
        GenerationAsked.create(job=JobsState.asked),
        rx.el.p(JobsState.said, role="status", aria_live="polite", class_name=styles.HIDDEN),
        rx.el.h2("What is being made", class_name=styles.HIDDEN),
        rx.cond(JobsState.problem != "", _problem()),
        rx.cond(
            JobsState.jobs,
            rx.el.ul(rx.foreach(JobsState.jobs, _panel), class_name="cg-jobs"),
            rx.cond(JobsState.past, rx.fragment(), _nothing_yet()),
        ),
        rx.cond(
            JobsState.more > 0,
            page_link(f"{JobsState.more} more in the queue", to=routes.QUEUE, class_name="cg-more-link"),
        ),
        rx.cond(JobsState.past, _past()),
        id=MADE_ID,
        tab_index=-1,
        aria_label="Pictures",
        class_name="cg-made",
    )


def _panel(job: JobView) -> rx.Component:
    return rx.el.li(
        rx.cond(job.stage, pictures(job)),
        rx.el.div(
            rx.el.div(
                rx.el.p(job.prompt, class_name="cg-job-prompt"),
                standing(job),
                rx.cond(job.fallback != "", rx.el.p(job.fallback, class_name=styles.NOTE)),
                rx.el.p(job.model, " · ", job.settings, class_name="cg-job-settings"),
                class_name="cg-job-text",
            ),
            rx.el.div(
                actions(job, JobsState),
                rx.cond(
                    job.can_cancel,
                    rx.fragment(),
                    rx.el.button(
                        icon("close", 18),
                        type="button",
                        on_click=calling(JobsState.dismiss, job.id),
                        aria_label=f"Put away: {job.prompt}",
                        class_name=styles.ICON_BUTTON,
                    ),
                ),
                class_name="cg-job-actions",
            ),
            class_name="cg-job-line",
        ),
        key=job.id,
        id=f"generation-{job.id}",
        class_name=f"cg-job cg-job-{job.status}",
    )


def _nothing_yet() -> rx.Component:
    return rx.el.div(
        rx.el.div(icon("image", 28), class_name="cg-blank-symbol"),
        rx.el.p("What you create appears here while it is made."),
        class_name="cg-made-nothing",
    )


def _problem() -> rx.Component:
    return rx.el.div(
        rx.el.p(JobsState.problem),
        rx.el.button("Try again", type="button", on_click=JobsState.look, class_name=styles.BUTTON),
        role="alert",
        class_name="cg-problem",
    )


def _past() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Made lately"),
            page_link("All in the queue", to=routes.QUEUE, class_name="cg-more-link"),
            class_name="cg-past-head",
        ),
        rx.el.ul(rx.foreach(JobsState.past, _past_one), class_name="cg-past-list"),
        aria_label="Made lately",
        class_name="cg-past",
    )


def _past_one(past: Thumb) -> rx.Component:
    return rx.el.li(
        thumb_link(past, class_name="cg-past-picture", keeps_shape=True),
        rx.el.div(
            *(_use(past, use, label, said) for use, label, said in _USES),
            role="group",
            aria_label=f"Use of {past.title}",
        ),
        key=past.id,
    )


def _use(past: Thumb, use: str, label: str, said: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        on_click=calling(CreateState.recall, past.id, use),
        aria_label=f"{said} {past.title}",
        title=said.removesuffix(" of"),
        class_name="cg-use",
    )

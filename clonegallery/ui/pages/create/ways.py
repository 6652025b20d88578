"""How to give the gallery something that makes pictures: where there is nothing, or only its own small model."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank
from clonegallery.ui.session import SessionState

_WAYS = (
    ("AI_MODEL=stabilityai/sdxl-turbo", "A model of this machine: a name of the Hugging Face Hub, or a folder."),
    ("REPLICATE_API_TOKEN=…", "Replicate"),
    ("OPENAI_API_KEY=…", "OpenAI"),
    ("STABILITY_API_KEY=…", "Stability AI"),
)


def nothing_set_up() -> rx.Component:
    """For whoever may create where nothing creates."""
    return rx.el.div(
        blank(
            "image",
            "Nothing is set up to make pictures",
            _whose_turn(),
            page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.PRIMARY),
        ),
        _ways(),
        class_name="cg-not-set-up",
    )


def demo_note() -> rx.Component:
    """What the small model is, so that nobody takes it for more, and how to have a real one."""
    return rx.el.div(
        rx.el.p(
            rx.el.strong("postcard-mini"),
            " is a small demo model that comes with CloneGallery. It paints simple landscapes of 128 pixels,"
            " so that everything can be tried out at once, without a GPU or a key.",
        ),
        rx.el.details(
            rx.el.summary("How to switch to a real model"),
            rx.el.p(_whose_turn()),
            _ways(),
        ),
        role="note",
        class_name="cg-demo-note",
    )


def _whose_turn() -> rx.Var[str]:
    """How to change it is for whoever runs the gallery."""
    return rx.cond(
        SessionState.can_administer,
        "Give the gallery a model or a key, by its environment or the file .env, and start it again.",
        "Whoever runs this gallery can give it a model or a key, by its environment or the file .env.",
    )


def _ways() -> rx.Component:
    rows = (rx.el.div(rx.el.dt(rx.el.code(line, class_name="cg-code")), rx.el.dd(text)) for line, text in _WAYS)
    return rx.el.dl(*rows, class_name="cg-ways", aria_label="One of these is enough")

"""One picture, as large as fits, with what is known about it beside."""

import reflex as rx
from reflex_base.vars import VarData

from clonegallery.ui import routes, styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.keys import going_back, keyboard, neighbour, shortcut
from clonegallery.ui.components.like import like_after_sign_in, like_button
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.states import blank
from clonegallery.ui.pages.image_panel import panel
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.session import SessionState
from clonegallery.ui.shell import PICTURE_SIZES
from clonegallery.ui.template import template

PICTURE = ImageState.picture
TITLE = rx.cond(ImageState.found, f"{PICTURE.title} · CloneGallery", "CloneGallery")

# The small copy lies beneath until the large one is here, and must not shine through a transparent picture after.
_WITHOUT_PLACEHOLDER: rx.Var[str] = rx.Var("(event) => { event.currentTarget.style.background = 'none' }")

_ZOOM = "zoom"
_BEGIN_IN_THE_MIDDLE: rx.Var[str] = rx.Var(
    "beginInTheMiddle", _var_data=VarData(imports={"$/public/zoom.js": ["beginInTheMiddle"]})
)

_KEYS = (
    ("←  →", "previous, next picture"),
    ("Esc", "back to the gallery"),
    ("f", "like, or like no more"),
    ("z", "zoom in and out"),
    ("i", "show or hide the details"),
    ("e", "edit"),
    ("?", "this list"),
)


def page() -> rx.Component:
    return template(
        rx.cond(
            rx.State.is_hydrated & ImageState.loaded,
            rx.cond(ImageState.found, _viewer(), _not_found()),
            rx.el.div(rx.el.span("Loading", class_name=styles.HIDDEN), class_name="cg-stage", role="status"),
        ),
        path=routes.IMAGE,
        class_name="cg-viewer-page",
        on_unmount=ImageState.leave,
    )


def _viewer() -> rx.Component:
    return rx.el.div(
        keyboard(),
        rx.el.section(
            _picture(),
            _step("previous", "chevron-left", "Previous picture", "ArrowLeft", ImageState.previous_id),
            _step("next", "chevron-right", "Next picture", "ArrowRight", ImageState.next_id),
            _bar(),
            rx.cond(PICTURE.in_trash, _trash_notice()),
            class_name="cg-stage",
            aria_label="Picture",
        ),
        panel(),
        class_name="cg-viewer",
        style={"--cg-w": PICTURE.width, "--cg-h": PICTURE.height},
    )


def _picture() -> rx.Component:
    return rx.match(
        PICTURE.status,
        ("processing", _processing()),
        ("failed", _failed()),
        _zoomable(),
    )


def _zoomable() -> rx.Component:
    """The picture in a frame that a click enlarges; enlarged, its owner sees the pixels of the original."""
    return rx.el.label(
        rx.el.img(
            src=PICTURE.large,
            src_set=PICTURE.sources,
            sizes=PICTURE_SIZES,
            alt=PICTURE.title,
            class_name="cg-picture",
            custom_attrs={
                "width": PICTURE.width,
                "height": PICTURE.height,
                "fetchPriority": "high",
                "onLoad": _WITHOUT_PLACEHOLDER,
            },
            style={"backgroundColor": PICTURE.color, "backgroundImage": f'url("{PICTURE.small}")'},
        ),
        # Lazy and not displayed until the zoom is on: only then is the original fetched.
        rx.cond(
            PICTURE.original_url != "",
            rx.el.img(src=PICTURE.original_url, alt="", loading="lazy", class_name="cg-original"),
        ),
        key=PICTURE.id,
        html_for=_ZOOM,
        class_name="cg-frame",
    )


def _processing() -> rx.Component:
    return rx.el.div(
        rx.el.span(class_name="cg-spinner", aria_hidden="true"),
        rx.el.p("This picture is being prepared. It appears here by itself."),
        class_name="cg-stage-message",
        role="status",
    )


def _failed() -> rx.Component:
    return rx.el.div(
        icon("warning", 28),
        rx.el.h2("This picture could not be read"),
        rx.el.p(PICTURE.error),
        class_name="cg-stage-message",
    )


def _step(side: str, symbol: str, label: str, key: str, fallback: str) -> rx.Component:
    target = neighbour(PICTURE.id, side, fallback)
    link = page_link(
        icon(symbol, 26),
        to=f"/image/{target}",
        replace=True,
        aria_label=label,
        class_name=f"cg-step cg-step-{side}",
        custom_attrs=shortcut(key),
    )
    return rx.cond(target != "", link)


def _bar() -> rx.Component:
    """The controls over the picture; back is a plain link, so it works wherever one came from."""
    return rx.el.div(
        page_link(
            icon("arrow-left"),
            to=routes.GALLERY,
            aria_label="Back to the gallery",
            class_name=styles.ICON_BUTTON,
            custom_attrs={**shortcut("Escape"), **going_back()},
        ),
        rx.el.div(
            _like(),
            rx.cond(PICTURE.status == "ready", _zoom()),
            rx.cond(PICTURE.original_url != "", _originals()),
            _keys(),
            class_name="cg-stage-tools",
        ),
        class_name="cg-stage-bar",
    )


def _like() -> rx.Component:
    """The heart for whoever may like, a way to sign in for a stranger, nothing for what nobody can like now."""
    mine = like_button(
        key=PICTURE.id,
        image_id=PICTURE.id,
        liked=PICTURE.liked,
        likes=PICTURE.likes,
        sign_in=PICTURE.sign_in,
    )
    is_stranger = SessionState.loaded & ~SessionState.signed_in
    return rx.cond(
        PICTURE.can_like, mine, rx.cond(is_stranger, like_after_sign_in(PICTURE.likes, sign_in=PICTURE.sign_in))
    )


def _zoom() -> rx.Component:
    """A checkbox, so that the zoom is CSS alone; keyed, so that the next picture begins as it fits."""
    return rx.el.label(
        rx.el.input(
            key=PICTURE.id,
            id=_ZOOM,
            type="checkbox",
            aria_label="Zoom",
            class_name=styles.HIDDEN,
            custom_attrs={**shortcut("z"), "onChange": _BEGIN_IN_THE_MIDDLE},
        ),
        icon("zoom"),
        class_name=f"{styles.ICON_BUTTON} cg-zoom",
    )


def _originals() -> rx.Component:
    return rx.fragment(
        rx.el.a(
            icon("expand"),
            href=PICTURE.original_url,
            target="_blank",
            rel="noopener",
            aria_label="Open the original in a new tab",
            class_name=styles.ICON_BUTTON,
        ),
        rx.el.a(
            icon("download"),
            href=PICTURE.original_url,
            download=True,
            aria_label="Download the original",
            class_name=styles.ICON_BUTTON,
        ),
    )


def _keys() -> rx.Component:
    rows = (rx.el.div(rx.el.dt(rx.el.kbd(key)), rx.el.dd(what)) for key, what in _KEYS)
    return rx.fragment(
        rx.el.button(
            icon("keyboard"),
            type="button",
            aria_label="Keys",
            class_name=f"{styles.ICON_BUTTON} cg-keys-button",
            custom_attrs={"popoverTarget": "keys", **shortcut("?")},
        ),
        rx.el.div(
            rx.el.h2("Keys"),
            rx.el.dl(*rows),
            id="keys",
            class_name="cg-keys",
            custom_attrs={"popover": "auto"},
        ),
    )


def _trash_notice() -> rx.Component:
    return rx.el.div(
        rx.el.p("In the trash."),
        rx.cond(
            PICTURE.can_restore,
            rx.el.button("Take it back", type="button", on_click=ImageState.restore, class_name="cg-trash-undo"),
        ),
        page_link("Back to the gallery", to=routes.GALLERY, class_name="cg-trash-undo"),
        class_name="cg-trash-notice",
        role="status",
    )


def _not_found() -> rx.Component:
    return blank(
        "image",
        "There is no such picture",
        "It may have been removed, or it may not be shared with you.",
        page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.PRIMARY),
        rx.cond(
            SessionState.signed_in,
            rx.fragment(),
            page_link("Sign in", to=routes.LOGIN, class_name=styles.QUIET),
        ),
    )

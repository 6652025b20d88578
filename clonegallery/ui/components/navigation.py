"""The slim bar on top of every page."""

import reflex as rx
from reflex_base.style import color_mode, set_color_mode

from clonegallery.ui import routes, styles
from clonegallery.ui.components.forms import hidden, posted_form
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.settled import with_viewer
from clonegallery.ui.session import SessionState

# Where there is room, and where there is not: a link of the bar moves into the menu of the account.
_ROOMY, _CROWDED = "cg-where-roomy", "cg-where-crowded"
_THEMES = (("system", "Like the system"), ("light", "Light"), ("dark", "Dark"))


def navigation(current: str) -> rx.Component:
    """The bar, with the link to `current` (a path) marked as the page one is on."""
    return rx.el.header(
        rx.el.a("Skip to the content", href="#content", class_name="cg-skip"),
        _wordmark(),
        rx.el.nav(
            _link("Gallery", routes.GALLERY, current),
            with_viewer(_links(current)),
            aria_label="Main",
            class_name="cg-nav-links",
        ),
        rx.el.div(_theme_switch(), _account(), class_name="cg-nav-end"),
        class_name="cg-nav",
    )


def _links(current: str) -> rx.Component:
    """The pages that the viewer may use. On a phone the menu of the account has those that find no room."""
    return rx.fragment(
        rx.cond(SessionState.can_like, _link("Favourites", routes.FAVOURITES, current)),
        rx.cond(SessionState.can_upload, _link("Upload", routes.UPLOAD, current)),
        rx.cond(SessionState.can_generate, _link("Create", routes.CREATE, current)),
        rx.cond(SessionState.can_upload, _link("Trash", routes.TRASH, current, class_name=_ROOMY)),
        rx.cond(SessionState.can_administer, _link("Admin", routes.ADMIN, current, class_name=_ROOMY)),
    )


def _wordmark() -> rx.Component:
    mark = rx.el.span(rx.el.i(), rx.el.i(), rx.el.i(), class_name="cg-mark", aria_hidden="true")
    return page_link(
        mark,
        rx.el.span("CloneGallery", class_name="cg-wordmark-text"),
        to=routes.GALLERY,
        class_name="cg-wordmark",
        aria_label="CloneGallery",
    )


def _link(label: str, to: str, current: str, class_name: str = "") -> rx.Component:
    here = {"aria-current": "page"} if to == current else {}
    return page_link(label, to=to, class_name=f"cg-nav-link {class_name}".strip(), custom_attrs=here)


def _menu(name: str, button: rx.Component, label: str, *content: rx.Component) -> rx.Component:
    """A button and what it opens: the browser's own popover, so Escape, outside clicks and focus are its business."""
    return rx.fragment(
        rx.el.button(
            button,
            type="button",
            aria_label=label,
            class_name=f"{styles.ICON_BUTTON} cg-{name}-button",
            custom_attrs={"popoverTarget": f"{name}-menu"},
        ),
        rx.el.div(*content, id=f"{name}-menu", class_name="cg-menu", custom_attrs={"popover": "auto"}),
    )


def _theme_switch() -> rx.Component:
    return _menu(
        "theme",
        icon("display"),
        "Light or dark",
        rx.el.div(*(_theme_choice(*theme) for theme in _THEMES), role="group", aria_label="Light or dark"),
    )


def _theme_choice(mode: str, label: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        on_click=set_color_mode(mode),  # type: ignore[arg-type]  # The three names are Reflex's own.
        aria_pressed=rx.cond(color_mode == mode, "true", "false"),
        class_name="cg-menu-item",
    )


def _account() -> rx.Component:
    return with_viewer(
        rx.cond(SessionState.signed_in, _account_menu(), _ways_in()), rx.el.span(class_name="cg-account-place")
    )


def _ways_in() -> rx.Component:
    return rx.fragment(
        rx.cond(
            SessionState.can_register,
            page_link("Register", to=routes.REGISTER, class_name=f"{styles.QUIET} cg-sign-in {_ROOMY}"),
        ),
        page_link("Sign in", to=routes.LOGIN, class_name=f"{styles.BUTTON} cg-sign-in"),
    )


def _account_menu() -> rx.Component:
    return _menu(
        "account",
        rx.el.span(SessionState.initial, aria_hidden="true"),
        f"Account of {SessionState.username}",
        rx.el.p(rx.el.strong(SessionState.username), rx.el.span(SessionState.role), class_name="cg-menu-who"),
        _menu_link("Your pictures", routes.profile(SessionState.username)),
        rx.cond(SessionState.can_generate, _menu_link("Queue", routes.QUEUE)),
        rx.cond(SessionState.can_upload, _menu_link("Trash", routes.TRASH, class_name=_CROWDED)),
        rx.cond(SessionState.can_administer, _menu_link("Admin", routes.ADMIN, class_name=_CROWDED)),
        _menu_link("Settings", routes.SETTINGS),
        posted_form(
            hidden("csrf_token", SessionState.csrf_token),
            rx.el.button("Sign out", type="submit", class_name="cg-menu-item"),
            action=routes.SIGN_OUT_ACTION,
        ),
    )


def _menu_link(label: str, to: str, class_name: str = "") -> rx.Component:
    return page_link(label, to=to, class_name=f"cg-menu-item {class_name}".strip())

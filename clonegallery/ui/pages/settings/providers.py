"""The section about providers that open one's account."""

import reflex as rx

from clonegallery.ui import styles
from clonegallery.ui.components.dialogs import question
from clonegallery.ui.components.forms import hidden, posted_form
from clonegallery.ui.events import calling
from clonegallery.ui.pages.settings.parts import item, nothing, or_problem, outcome, section
from clonegallery.ui.pages.settings.providers_state import ProvidersState, ProviderView
from clonegallery.ui.session import SessionState

NAME = "providers"


def providers() -> rx.Component:
    return section(
        NAME,
        "Sign in with",
        "Accounts elsewhere that open this one.",
        outcome(ProvidersState.refused, failed=True),
        outcome(ProvidersState.linked_now),
        or_problem(
            ProvidersState.problem,
            rx.cond(
                ProvidersState.providers,
                rx.el.ul(rx.foreach(ProvidersState.providers, _provider), class_name="cg-items"),
                nothing("No provider is set up in this gallery."),
            ),
            retry=ProvidersState.load,
        ),
        question(
            "unlink-provider",
            ProvidersState.asked,
            on_confirm=ProvidersState.unlink,
            on_close=ProvidersState.forget_question,
        ),
    )


def _provider(provider: ProviderView) -> rx.Component:
    return item(
        rx.el.p(
            rx.el.strong(provider.label),
            rx.cond(provider.linked, rx.el.span("Linked", class_name="cg-badge cg-badge-good")),
            class_name="cg-item-main",
        ),
        rx.cond(provider.linked, rx.el.p(provider.account, class_name="cg-item-detail")),
        action=rx.cond(provider.linked, _unlink(provider), _link(provider)),
        key=provider.name,
    )


def _unlink(provider: ProviderView) -> rx.Component:
    return rx.el.button(
        "Unlink",
        type="button",
        on_click=calling(ProvidersState.ask_unlink, provider.name),
        aria_label=f"Unlink {provider.label}",
        class_name=styles.DANGER,
    )


def _link(provider: ProviderView) -> rx.Component:
    """A posted form: a link that another site could send one to must not begin this."""
    return posted_form(
        hidden("csrf_token", SessionState.csrf_token),
        rx.el.button("Link", type="submit", aria_label=f"Link {provider.label}", class_name=styles.BUTTON),
        action=provider.link_action,
    )

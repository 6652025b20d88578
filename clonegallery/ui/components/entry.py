"""What the pages have in common on which one gets in: signing in, registering, a lost password, a letter's link."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from clonegallery.accounts import service
from clonegallery.accounts.schemas import Provider
from clonegallery.ui import routes, styles
from clonegallery.ui.components.forms import text_field
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import document_link
from clonegallery.ui.template import template

PROVIDER_NAMES = {Provider.GOOGLE: "Google", Provider.GITHUB: "GitHub"}

_FRAME = "cg-entry"


@dataclass(frozen=True)
class ProviderLink:
    """A provider that one can sign in with here."""

    label: str = ""
    href: str = ""


def provider_links(back_to: str) -> list[ProviderLink]:
    """Those that the operator has set up, leading to `back_to` afterwards."""
    return [
        ProviderLink(PROVIDER_NAMES[provider], routes.provider_sign_in(provider, back_to))
        for provider in service.configured_providers()
    ]


def entry_page(*content: rx.Component, path: str, **props: Any) -> rx.Component:
    """`content` as the narrow page under `path`; `props` are those of its `<main>`."""
    return template(rx.el.div(*content, class_name=_FRAME), path=path, class_name="cg-entry-page", **props)


def heading(title: str, note: str | rx.Component | rx.Var[str], *, refused: str | rx.Var[str] = "") -> rx.Component:
    """The title with a note; the reason why a form was `refused` stands in the note's place, so that nothing moves."""
    said = rx.cond(rx.State.is_hydrated, refused, "")
    return rx.el.div(
        rx.el.h1(title),
        rx.el.div(
            rx.el.p(said, class_name="cg-alert", role="alert"),
            rx.cond(said != "", rx.fragment(), rx.el.p(note, class_name=styles.NOTE)),
            class_name="cg-entry-note",
        ),
        class_name="cg-entry-head",
    )


def good_news(symbol: str, title: str | rx.Component, *content: rx.Component) -> rx.Component:
    """Something that is done or on its way, instead of a form."""
    return rx.el.section(
        rx.el.div(icon(symbol, 26), class_name="cg-blank-symbol"),
        rx.el.h1(title),
        *content,
        class_name="cg-entry-news",
    )


def entry_field(
    name: str, label: str, error: str, value: str | rx.Var[str], *, is_wrong: bool | rx.Var[bool], **props: Any
) -> rx.Component:
    """A field that holds what was typed before; the first wrong one has the focus.

    What the state still says from an earlier visit of the page does not count.
    """
    known = rx.State.is_hydrated
    return text_field(
        name,
        label,
        rx.cond(known, error, ""),
        kept=rx.cond(known, value, ""),
        wanted=known & is_wrong,
        required=True,
        **props,
    )


def with_providers(links: list[ProviderLink]) -> rx.Component:
    """Ways in by another account; nothing where none is set up. Plain links: they leave the gallery."""
    return rx.cond(
        links,
        rx.el.div(
            rx.el.p("or", class_name="cg-entry-or"),
            rx.foreach(
                links,
                lambda link: document_link("Continue with ", link.label, href=link.href, class_name=styles.BUTTON),
            ),
            class_name="cg-entry-providers",
        ),
    )

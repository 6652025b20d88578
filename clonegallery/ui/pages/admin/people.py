"""The page of people and roles."""

import reflex as rx
from reflex_base.event import EventSpec

from clonegallery.accounts.schemas import Role
from clonegallery.ui import routes, styles
from clonegallery.ui.components.dialogs import question
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.events import calling, debounced
from clonegallery.ui.pages.admin.page import admin_page, pages, problem
from clonegallery.ui.pages.admin.people_address import MAX_SEARCH
from clonegallery.ui.pages.admin.people_state import SEARCH_FIELD, PeopleState, PersonView

TITLE = "People · CloneGallery"

_ROLES = (("", "All"), (Role.ADMIN, "Admins"), (Role.EDITOR, "Editors"), (Role.VISITOR, "Visitors"))
_TYPING_MS = 300


def page() -> rx.Component:
    return admin_page(
        _filters(),
        rx.cond(
            PeopleState.problem == "",
            rx.cond(PeopleState.people, _table(), _nobody()),
            problem(PeopleState.problem, retry=PeopleState.load),
        ),
        question(
            "change-person", PeopleState.asked, on_confirm=PeopleState.confirm, on_close=PeopleState.forget_question
        ),
        path=routes.ADMIN,
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            icon("search", 18),
            rx.el.input(
                id=SEARCH_FIELD,
                type="search",
                default_value=PeopleState.search,
                on_change=debounced(PeopleState.look_for, _TYPING_MS),
                placeholder="Name or e-mail",
                aria_label="Search people",
                max_length=MAX_SEARCH,
                auto_complete="off",
                spell_check=False,
                class_name=styles.INPUT,
            ),
            role="search",
            class_name="cg-search",
        ),
        rx.el.nav(*(_role_link(*role) for role in _ROLES), aria_label="Role", class_name="cg-sort"),
        rx.el.span(PeopleState.total, class_name=styles.NOTE, role="status"),
        class_name="cg-filters",
    )


def _role_link(role: str, label: str) -> rx.Component:
    current = rx.cond(PeopleState.role == role, "true", "false")
    return page_link(label, to=PeopleState.role_links[role], custom_attrs={"aria-current": current})


def _table() -> rx.Component:
    heads = ("Person", "Role", "Since", "Last sign-in", "")
    return rx.fragment(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(_head(text) for text in heads))),
            rx.el.tbody(rx.foreach(PeopleState.people, _row)),
            class_name="cg-people",
        ),
        pages(PeopleState.first_link, PeopleState.next_link, first="Newest people", more="More people"),
    )


def _head(text: str) -> rx.Component:
    return rx.el.th(text or rx.el.span("What can be done", class_name=styles.HIDDEN), scope="col")


def _row(person: PersonView) -> rx.Component:
    return rx.el.tr(
        rx.el.th(_who(person), scope="row"),
        rx.el.td(_role(person), class_name="cg-person-role"),
        rx.el.td(person.created, title=person.created_exactly, custom_attrs={"data-label": "Since"}),
        rx.el.td(person.seen, title=person.seen_exactly, custom_attrs={"data-label": "Last sign-in"}),
        rx.el.td(_actions(person), class_name="cg-person-actions"),
        key=person.id,
        class_name=rx.cond(person.active, "", "cg-person-off"),
    )


def _who(person: PersonView) -> rx.Component:
    return rx.el.div(
        rx.el.span(person.initial, class_name="cg-initial", aria_hidden="true"),
        rx.el.div(
            rx.el.p(
                rx.el.strong(person.username),
                rx.cond(person.own, rx.el.span("You", class_name="cg-badge")),
                rx.cond(person.active, rx.fragment(), rx.el.span("Disabled", class_name="cg-badge cg-badge-warning")),
                class_name="cg-item-main",
            ),
            rx.el.p(
                person.email,
                rx.cond(person.verified, "", " · not verified"),
                class_name="cg-item-detail",
            ),
        ),
        class_name="cg-person",
    )


def _role(person: PersonView) -> rx.Component:
    choice = rx.el.select(
        *(rx.el.option(role.value, value=role.value) for role in Role),
        value=person.role,
        on_change=calling(PeopleState.ask_role, person.id),
        aria_label=f"Role of {person.username}",
        class_name=f"{styles.INPUT} cg-role-input",
    )
    return rx.cond(person.own, rx.el.span(person.role), choice)


def _actions(person: PersonView) -> rx.Component:
    shut_out = rx.cond(
        person.active,
        _action("Disable", calling(PeopleState.ask_disable, person.id), person, styles.DANGER),
        _action("Enable", calling(PeopleState.enable, person.id), person, styles.QUIET),
    )
    return rx.cond(
        person.own,
        rx.fragment(),
        rx.el.div(
            rx.cond(
                person.active,
                _action("Sign out", calling(PeopleState.ask_end_sessions, person.id), person, styles.QUIET),
            ),
            shut_out,
        ),
    )


def _action(label: str, event: EventSpec, person: PersonView, look: str) -> rx.Component:
    return rx.el.button(label, type="button", on_click=event, aria_label=f"{label} {person.username}", class_name=look)


def _nobody() -> rx.Component:
    return rx.el.div(
        rx.el.p("Nobody fits this search."),
        page_link("Show everybody", to=routes.ADMIN, class_name=styles.BUTTON),
        class_name="cg-nothing cg-nobody",
    )

"""The page of the audit log."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.pages.admin.audit_state import AuditState, LineView
from clonegallery.ui.pages.admin.page import admin_page, pages, problem

TITLE = "Audit log · CloneGallery"

_HEADS = ("What", "By", "Account", "From", "When")


def page() -> rx.Component:
    return admin_page(
        rx.cond(AuditState.problem == "", _log(), problem(AuditState.problem, retry=AuditState.load)),
        path=routes.AUDIT,
    )


def _log() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Every sign-in, role change, key and session. Nobody can change or delete a line.", class_name=styles.NOTE
        ),
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(text, scope="col") for text in _HEADS))),
            rx.el.tbody(rx.foreach(AuditState.lines, _line)),
            class_name="cg-people cg-log",
        ),
        pages(AuditState.first_link, AuditState.next_link, first="Newest", more="Earlier"),
    )


def _line(line: LineView) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.p(line.action), rx.el.p(line.detail, class_name="cg-item-detail"), scope="row"),
        rx.el.td(line.actor, custom_attrs={"data-label": "By"}),
        rx.el.td(line.subject, custom_attrs={"data-label": "Account"}),
        rx.el.td(line.origin, custom_attrs={"data-label": "From"}),
        rx.el.td(line.when, title=line.when_exactly),
        key=line.id,
    )

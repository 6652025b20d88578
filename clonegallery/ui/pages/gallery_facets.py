"""The panel of filters: beside the pictures where there is room, a sheet from below on a phone."""

import reflex as rx

from clonegallery.ui import styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.search_box import FilterSheet, SheetButton, facet_chooser, sheet_closer
from clonegallery.ui.pages.gallery_facets_state import Choice, FacetsState, Group

PANEL = "filters"
_DASH = "\N{EN DASH}"
_RANGES = (
    ("f", "Aperture", "ƒ", "1.4", "5.6"),
    ("iso", "ISO", "", "100", "800"),
    ("mm", "Focal length", "mm", "24", "70"),
    ("s", "Exposure", "s", "1/500", "1/60"),
    ("taken", "Taken", "", "", ""),
)


def filters_button() -> rx.Component:
    button: rx.Component = SheetButton.create(
        icon("filters", 18),
        rx.el.span("Filters", class_name="cg-filters-word"),
        sheet=PANEL,
        class_name=f"{styles.BUTTON} cg-filters-button",
    )
    return button


def filters_panel() -> rx.Component:
    """Counted lists to choose from, and fields for ranges."""
    panel: rx.Component = FilterSheet.create(
        rx.el.div(
            rx.el.h2("Filters", id=f"{PANEL}-title"),
            _closer(icon("close", 18), aria_label="Close the filters", class_name=styles.ICON_BUTTON),
            class_name="cg-find-head",
        ),
        _ranges(),
        _facets(),
        rx.el.div(
            _closer(
                "Show",
                rx.cond(FacetsState.total != "", rx.el.span(f" {FacetsState.total}", class_name="cg-sheet-total")),
                class_name=f"{styles.PRIMARY} cg-sheet-done",
            ),
            class_name="cg-sheet-foot",
        ),
        id=PANEL,
        class_name="cg-filters-panel",
        on_look=FacetsState.look,
        narrowed=FacetsState.narrowed,
        aria_labelledby=f"{PANEL}-title",
    )
    return panel


def _closer(*content: rx.Component | str, class_name: str, **props: str) -> rx.Component:
    return rx.el.button(*content, type="button", class_name=class_name, custom_attrs=sheet_closer(), **props)


def _facets() -> rx.Component:
    return rx.el.div(
        rx.cond(
            FacetsState.problem != "",
            rx.el.div(
                rx.el.p(FacetsState.problem),
                rx.el.button("Try again", type="button", on_click=FacetsState.look, class_name=styles.BUTTON),
                class_name="cg-facets-problem",
                role="alert",
            ),
            rx.cond(
                FacetsState.groups,
                rx.foreach(FacetsState.groups, _group),
                rx.cond(
                    FacetsState.loading, _waiting(), rx.el.p("There is nothing to choose from.", class_name=styles.NOTE)
                ),
            ),
        ),
        class_name="cg-facets",
        aria_busy=FacetsState.loading,
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        rx.el.span("Counting", class_name=styles.HIDDEN),
        *(rx.el.div(class_name="cg-skeleton-line") for _ in range(8)),
        class_name="cg-facets-waiting",
        role="status",
    )


def _group(group: Group) -> rx.Component:
    return rx.el.details(
        rx.el.summary(group.title, icon("chevron-down", 16)),
        rx.el.ul(rx.foreach(group.choices, _choice)),
        key=group.title,
        class_name="cg-facet",
        open=True,
    )


def _choice(choice: Choice) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(choice.label, class_name="cg-facet-label"),
            rx.el.span(choice.count, class_name="cg-facet-count"),
            type="button",
            aria_pressed=rx.cond(choice.pressed, "true", "false"),
            class_name="cg-facet-choice",
            custom_attrs=facet_chooser(choice.conditions),
        ),
        key=choice.label,
    )


def _ranges() -> rx.Component:
    """Out of the way while none is set: what there is to choose from comes first."""
    return rx.el.details(
        rx.el.summary("Exposure and date", icon("chevron-down", 16)),
        rx.el.form(
            *(_range(*one) for one in _RANGES),
            rx.el.input(type="hidden", name="turn"),
            rx.el.button("Apply", type="submit", class_name=f"{styles.BUTTON} cg-ranges-apply"),
            key=FacetsState.shown,
            on_submit=FacetsState.narrow,
            class_name="cg-ranges",
            custom_attrs={"noValidate": True},
        ),
        open=FacetsState.has_ranges,
        class_name="cg-facet",
    )


def _range(key: str, label: str, unit: str, low: str, high: str) -> rx.Component:
    said = f"{label}, {unit}" if unit else label
    return rx.el.fieldset(
        rx.el.legend(label, rx.el.span(unit, class_name="cg-range-unit") if unit else rx.fragment()),
        rx.el.div(
            rx.el.span("from", aria_hidden="true", class_name="cg-range-word"),
            _end(key, "from", f"{said}: from", low),
            rx.el.span(_DASH, aria_hidden="true", class_name="cg-range-dash"),
            rx.el.span("until", aria_hidden="true", class_name="cg-range-word"),
            _end(key, "to", f"{said}: to", high),
            class_name="cg-range-ends",
        ),
        rx.el.p(FacetsState.errors[key], id=f"{key}-range-error", class_name=styles.FIELD_ERROR, role="alert"),
        class_name=f"cg-range cg-range-{key}",
    )


def _end(key: str, end: str, label: str, example: str) -> rx.Component:
    name = f"{key}_{end}"
    return rx.el.input(
        name=name,
        type="date" if key == "taken" else "text",
        default_value=FacetsState.fields[name],
        placeholder=example,
        aria_label=label,
        aria_invalid=rx.cond(FacetsState.errors[key] != "", "true", "false"),
        aria_describedby=f"{key}-range-error",
        auto_complete="off",
        max_length=40,
        class_name=styles.INPUT,
        input_mode="text" if key in ("s", "taken") else "decimal",
    )

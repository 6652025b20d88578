"""The grid of pictures: one JavaScript component that fetches the API, lays out and virtualises.

Reflex sends a list variable whole at every change and loads it again at every reconnect, so pictures
never pass through its state: scrolling causes no websocket traffic, and only a selection comes back.
"""

from typing import Any

import reflex as rx
from reflex_base.components.component import field


class GalleryGrid(rx.Component):
    """Justified rows of the pictures that `endpoint` answers to `query`; children are shown when there are none."""

    library = "$/public/gallery_grid.js"
    tag = "GalleryGrid"
    lib_dependencies: list[str] = ["thumbhash@0.1.1"]  # noqa: RUF012 -- Reflex reads it as a component field.

    endpoint: rx.Var[str] = field(doc="A route that answers `{items, next_cursor, total?}` of image cards.")
    query: rx.Var[str] = field(doc="Filters and sort as a query string; left out, the page's own address has them.")
    target_row_height: rx.Var[int] = field(doc="CSS pixels; left out, 240 on wide windows and 160 on phones.")
    gap: rx.Var[int] = field(doc="CSS pixels between pictures; 5 when left out.")
    link_prefix: rx.Var[str] = field(doc="What precedes the id in a picture's address; `/image/` when left out.")
    label: rx.Var[str] = field(doc="What a screen reader calls the list; `Pictures` when left out.")
    selectable: rx.Var[bool] = field(doc="Shows checkboxes; Shift extends, Space toggles, Escape clears.")
    timeline: rx.Var[bool] = field(doc="Shows the months beside it; the address then says where it begins: `start=`.")
    removed: rx.Var[list[str]] = field(doc="Ids to take out of the grid without fetching again.")
    refresh: rx.Var[int] = field(doc="Any change of this number fetches from the first page again.")

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """`on_select` brings the ids chosen, at every change of the selection and only then."""
        return {**super().get_event_triggers(), "on_select": rx.event.passthrough_event_spec(list[str])}


def gallery_grid(*children: rx.Component, **props: Any) -> rx.Component:
    """A `GalleryGrid` with `props`; `children` are its empty state."""
    return GalleryGrid.create(*children, **props)

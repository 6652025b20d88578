"""The search box and the sheet of its filters: JavaScript components, for they answer while one types."""

from typing import Any

import reflex as rx
from reflex_base.components.component import field
from reflex_base.event import no_args_event_spec
from reflex_base.vars import VarData


class SearchBox(rx.Component):
    """A form whose text is the `q` of the address, with suggestions, chips and a search by a picture."""

    library = "$/public/search_box.js"
    tag = "SearchBox"

    read: rx.Var[Any] = field(
        doc="What the server read in `q`: `{q, words, chips, filters, wrong}`, of `gallery_search.Read`."
    )
    help: rx.Var[str] = field(doc="The id of the popover that says what can be written.")


def search_box(**props: Any) -> rx.Component:
    """A `SearchBox` with `props`."""
    return SearchBox.create(**props)


class FilterSheet(rx.Component):
    """A `<dialog>`: a part of the page, or modal on a phone. It is closed with its page, and Escape closes it."""

    library = "$/public/filter_sheet.js"
    tag = "FilterSheet"

    narrowed: rx.Var[Any] = field(doc="`{turn, conditions}`: what the form of that `turn` leads to.")

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """`on_look` is sent when it opens, and at every other search in the address while it is open."""
        return {**super().get_event_triggers(), "on_look": no_args_event_spec}


class SearchOrders(rx.Component):
    """A `<nav>` of links to the orders; where one looks with a picture it says that the nearest come first."""

    library = "$/public/search_orders.js"
    tag = "SearchOrders"


class NothingFound(rx.Component):
    """The section for a search without a result."""

    library = "$/public/search_nothing.js"
    tag = "NothingFound"

    of: rx.Var[str] = field(doc="The address of the search.")

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """`on_look` is sent when it appears, and at every other search that it stands for."""
        return {**super().get_event_triggers(), "on_look": no_args_event_spec}


class SheetButton(rx.Component):
    """The button that opens and closes a `FilterSheet`."""

    library = "$/public/filter_sheet.js"
    tag = "SheetButton"

    sheet: rx.Var[str] = field(doc="The id of the sheet.")


def sheet_closer() -> dict[str, rx.Var[str]]:
    """Makes a button close the sheet that it is in, for `custom_attrs`."""
    return {"onClick": rx.Var("closeSheet", _var_data=VarData(imports={"$/public/filter_sheet.js": ["closeSheet"]}))}


def facet_chooser(conditions: str | rx.Var[str]) -> dict[str, Any]:
    """Makes a button lead to the search with `conditions` and the words of the box, for `custom_attrs`."""
    choose: rx.Var[str] = rx.Var(
        "chooseFacet", _var_data=VarData(imports={"$/public/filter_sheet.js": ["chooseFacet"]})
    )
    return {"onClick": choose, "data-conditions": conditions}

"""The top of the gallery: the box with what is searched for, the orders, and what is shown where nothing is found."""

import reflex as rx

from clonegallery.ui import routes, styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.search_box import NothingFound, SearchOrders, search_box
from clonegallery.ui.pages.gallery_facets import filters_button
from clonegallery.ui.pages.gallery_help import HELP, search_help
from clonegallery.ui.pages.gallery_loosen import LoosenState, Offer
from clonegallery.ui.pages.gallery_search import SearchState, SortLink


def search_bar(orders: rx.Component) -> rx.Component:
    """The box over its chips, the button of the filters, and `orders`."""
    return rx.el.div(
        search_box(read=SearchState.read, help=HELP),
        filters_button(),
        rx.el.div(orders, class_name="cg-find-orders"),
        search_help(),
        class_name="cg-find",
    )


def sort_links() -> rx.Component:
    links: rx.Component = SearchOrders.create(
        rx.foreach(SearchState.sorts, _sort_link), custom_attrs={"aria-label": "Order"}, class_name="cg-sort"
    )
    return links


def _sort_link(link: SortLink) -> rx.Component:
    return page_link(link.label, to=link.href, key=link.label, custom_attrs={"aria-current": link.current})


def nothing_found() -> rx.Component:
    """For a search without a result, and one that cannot be read: what is wrong with its text the box says."""
    return rx.cond(
        SearchState.read.wrong.reason != "",
        _quiet("Nothing was searched for", "Once the search above can be read, its pictures are here."),
        rx.cond(
            SearchState.read.fault != "",
            _quiet("Nothing was searched for", SearchState.read.fault),
            rx.cond(
                SearchState.read.lost,
                _quiet("There is no such picture", "It may have been removed, or it may not be shared with you."),
                _loosen(),
            ),
        ),
    )


def _quiet(title: str, text: str | rx.Var[str]) -> rx.Component:
    return rx.el.section(
        rx.el.div(icon("search", 26), class_name="cg-blank-symbol"),
        rx.el.h2(title),
        rx.el.p(text),
        rx.el.div(_everything(), class_name="cg-blank-actions"),
        class_name="cg-blank cg-nothing",
    )


def _loosen() -> rx.Component:
    """What is found with less. It stays where it is while one search without a result follows another."""
    mine = LoosenState.of == SearchState.read.address
    nothing: rx.Component = NothingFound.create(
        rx.el.div(icon("search", 26), class_name="cg-blank-symbol"),
        rx.el.h2("No picture is found"),
        rx.el.p(f"for {SearchState.read.said}"),
        rx.el.ul(rx.cond(mine, rx.foreach(LoosenState.offers, _offer)), class_name="cg-offers"),
        rx.el.div(_everything(), class_name="cg-blank-actions"),
        of=SearchState.read.address,
        on_look=LoosenState.look,
        class_name="cg-blank cg-nothing",
        aria_busy=LoosenState.loading,
    )
    return nothing


def _offer(offer: Offer) -> rx.Component:
    return rx.el.li(
        page_link(
            rx.el.span(f"{offer.how} ", rx.el.strong(offer.label)),
            rx.el.span(offer.count, class_name="cg-offer-count"),
            to=offer.href,
            class_name="cg-offer",
        ),
        key=offer.label,
    )


def _everything() -> rx.Component:
    return page_link("Search everything", to=routes.GALLERY, class_name=styles.BUTTON)

"""The address of the gallery: read as the API reads it, written as people would."""

import pytest

from clonegallery.images.schemas import Filters, Sort
from clonegallery.ui.pages.gallery_address import Address, address_in


@pytest.mark.parametrize(
    ("url", "sort"),
    [
        ("/", Sort.NEWEST),
        ("/?sort=oldest", Sort.OLDEST),
        ("/?sort=; DROP TABLE", Sort.NEWEST),
        ("/?sort=taken&tag=x", Sort.TAKEN),
        ("/?sort=relevance", Sort.NEWEST),
        ("/?q=sea", Sort.RELEVANCE),
        ("/?q=sea&sort=newest", Sort.NEWEST),
        ("/?q=sea&sort=nonsense", Sort.RELEVANCE),
        ("/?q=iso:100", Sort.NEWEST),
        ("/?q=-sea", Sort.NEWEST),
        ("/?q=like:0198c0de-7a11-7000-8000-00000000beef", Sort.RELEVANCE),
        ("/?q=iso:nonsense", Sort.NEWEST),
    ],
)
def test_the_best_come_first_only_where_there_can_be_a_better_one(url: str, sort: Sort) -> None:
    assert address_in(url).shown_sort() is sort


def test_of_two_the_last_counts_and_the_beginning_of_another_search_is_forgotten() -> None:
    address = address_in("https://gallery.example/?q=one&start=2024-03&tag=a&q=two+words%3A&tag=b&sort=taken")
    assert address == Address("two words:", "taken", (("tag", "a"), ("tag", "b")))


@pytest.mark.parametrize(
    ("url", "q", "href"),
    [
        ("/", "sea", "/?q=sea"),
        ("/?sort=oldest&start=2024-03", "sea iso:100", "/?q=sea+iso:100&sort=oldest"),
        ("/?q=sea&sort=relevance", "iso:100", "/?q=iso:100"),
        ("/?q=sea&tag=a%26b", "", "/?tag=a%26b"),
        ("/?q=sea", "  ", "/"),
        ("/", 'a&b=c#"d" ', "/?q=a%26b%3Dc%23%22d%22+"),
        ("/", "\ud800", "/?q=%3F"),
    ],
)
def test_another_search_keeps_the_order_and_the_filters(url: str, q: str, href: str) -> None:
    assert address_in(url).searching(q) == href


def test_what_is_written_is_read_the_same() -> None:
    q = 'sea & "sky" iso:<=400 % + ü '
    assert address_in(Address().searching(q)).q == q


def test_an_order_is_said_only_where_it_is_not_the_usual_one() -> None:
    plain, looking = address_in("/?sort=taken"), address_in("/?q=sea&sort=taken")
    assert [plain.sorted_by(sort) for sort in (Sort.NEWEST, Sort.POPULAR)] == ["/", "/?sort=popular"]
    assert [looking.sorted_by(sort) for sort in (Sort.RELEVANCE, Sort.NEWEST)] == ["/?q=sea", "/?q=sea&sort=newest"]


def test_plain_filters_are_those_of_the_api() -> None:
    assert address_in("/?tag=a&tag=b&iso_max=400").filters() == Filters(tag=["a", "b"], iso_max=400)
    assert address_in("/?tag=a&nonsense=1").filters() == Filters()

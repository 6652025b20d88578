"""The error tree is a table of HTTP: each class its own code, and `Retry-After` wherever trying again helps."""

from collections import Counter
from collections.abc import Iterator

from clonegallery.errors import GalleryError, TooManyRequests


def _tree(root: type[GalleryError]) -> Iterator[type[GalleryError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = Counter(error.code for error in _tree(GalleryError))
    assert [code for code, count in codes.items() if count > 1] == []


def test_retryable_errors_say_when_and_others_do_not() -> None:
    for error in _tree(GalleryError):
        assert ("Retry-After" in error().headers()) == error.retryable


def test_the_wait_is_the_one_that_was_asked_for() -> None:
    assert TooManyRequests(retry_after=17).headers()["Retry-After"] == "17"

"""Reading posted forms, and going only where this site is."""

from collections.abc import AsyncIterator
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonegallery import errors
from clonegallery.addresses import safe_next
from clonegallery.api.forms import with_query, word_for
from clonegallery.errors import GalleryError
from clonegallery.models.account import Role
from tests.api.signing import make
from tests.factories import PASSWORD


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "///evil.example",
     "/\\evil.example", "\\\\evil.example", "https://evil.example", "http:evil.example", "evil",
     "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "",
     "/ok\r\nSet-Cookie: a=b", "/\x00", "/auth/logout", "//[bad", "/" + "a" * 3000, "/\u202e", "/\r/evil.example",
     "/\x0b/evil.example", "/\u2028/evil.example", "JAVASCRIPT:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
     "\x00//evil.example", "///\\evil.example", "/\\/evil.example", "/ok\\..\\evil", "https:evil.example",
     "https:/evil.example", "@evil.example", "?next=/", "#", "/\ud800", "//evil.example/..", "/auth/google/login"],
)  # fmt: skip
def test_next_never_leaves_this_site(target: str) -> None:
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/upload", "/image/42?x=1&y=//z#t", "/?next=https://evil.example", "/täg/ä"])
def test_next_keeps_the_page_one_wanted(target: str) -> None:
    assert safe_next(target) == target


@given(st.text(st.sampled_from("/\\.:@%?#&= \t\r\n\x00ahtpsevil") | st.characters(exclude_categories=[]), max_size=30))
def test_next_is_always_a_path_of_this_very_origin(target: str) -> None:
    there = safe_next(target)
    assert there in (target, "/")
    # As browsers do: they drop tabs and line breaks, and read a backslash as a slash.
    read = "".join(sign for sign in there if sign not in "\t\r\n").replace("\\", "/").strip()
    assert urlsplit(urljoin("https://gallery.example/login", read))[:2] == ("https", "gallery.example")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 303),
        (b"\xff\xfe=%ff%00&&&===", "application/x-www-form-urlencoded", 303),
        (b"username=%ED%A0%80&password=%00", "application/x-www-form-urlencoded", 303),
        (b"a=1&" * 100, "application/x-www-form-urlencoded", 422),
        (b'{"username": "bob"}', "application/json", 422),
        (b"username=bob", "", 422),
        (b"username=bob", "text/plain", 422),
        (b"username=bob", "application/x-www-form-urlencodedly", 422),
        (b"--x\r\n", "multipart/form-data; boundary=x", 422),
        (b"username=bob", "Application/X-WWW-Form-URLencoded ; charset=utf-16", 303),
        (b"username=bob&username=" + b"x" * 100, "application/x-www-form-urlencoded", 303),
        (b";".join([b"a=1"] * 1000), "application/x-www-form-urlencoded", 303),
        (b"username=" + b"x" * 2_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_odd_forms_are_refused_cleanly(
    client: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    answer = await client.post("/auth/login", content=content, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert "cg_session" not in answer.cookies


async def test_a_form_of_unknown_length_is_cut_off_too(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/auth/login", content=endless(), headers=form)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_of_a_field_sent_twice_the_last_one_counts(client: httpx.AsyncClient) -> None:
    await make("eve", Role.VISITOR)
    password = PASSWORD.replace(" ", "+")
    body = f"username=nobody&username=eve&password=x&password={password}&next=//evil.example&next=/upload"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/auth/login", content=body, headers=form)
    assert answer.headers["location"] == "/upload"


def _tree(root: type[GalleryError] = GalleryError) -> list[type[GalleryError]]:
    return [root, *(found for child in root.__subclasses__() for found in _tree(child))]


@pytest.mark.parametrize("kind", _tree())
def test_every_refusal_has_a_word_for_its_page(kind: type[GalleryError]) -> None:
    known = {"origin", "closed", "unverified", "disabled", "credentials", "invalid", "too_many", "unavailable"}
    known |= {"provider_denied", "provider_state", "provider_email", "provider_failed"}
    assert word_for(kind()) in known


def test_the_nearest_word_is_taken() -> None:
    assert word_for(errors.CsrfFailed()) == "origin"
    assert word_for(errors.NotAllowed()) == "disabled"
    assert word_for(errors.UnreadableImage()) == "invalid"
    assert word_for(errors.Unavailable()) == "unavailable"


def test_what_stands_in_an_address_is_written_so_that_it_stays_there() -> None:
    assert with_query("/login", {}) == "/login"
    assert with_query("/login", {"next": "/a&b=c#d\r\n"}) == "/login?next=%2Fa%26b%3Dc%23d%0D%0A"

"""What a refused form tells its page: once, soon, to that page only, and in nobody else's words."""

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonegallery import flash
from clonegallery.flash import Flash, pack, unpack

KEY = b"k" * 40
SAID = Flash("/login", "The password is not right.", {"username": "Odd."}, {"username": "eve"})


def _signed(body: dict[str, object]) -> str:
    text = json.dumps(body).encode()
    return base64.urlsafe_b64encode(flash._signature(text, KEY) + text).decode()


def test_a_page_reads_what_was_said_to_it() -> None:
    assert unpack(pack(SAID, KEY), KEY, page="/login") == SAID


@pytest.mark.parametrize("page", ["/register", "/", "/login/", ""])
def test_another_page_reads_nothing(page: str) -> None:
    assert unpack(pack(SAID, KEY), KEY, page=page) == Flash(page)


def test_another_gallery_s_cookie_says_nothing() -> None:
    assert unpack(pack(SAID, b"o" * 40), KEY, page="/login") == Flash("/login")


def test_an_old_cookie_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie, now = pack(SAID, KEY), time.time()
    monkeypatch.setattr(time, "time", lambda: now + flash.LIFETIME_SECONDS - 2)
    assert unpack(cookie, KEY, page="/login") == SAID
    monkeypatch.setattr(time, "time", lambda: now + flash.LIFETIME_SECONDS + 2)
    assert unpack(cookie, KEY, page="/login") == Flash("/login")


def test_no_byte_of_a_cookie_can_be_changed() -> None:
    cookie = pack(SAID, KEY)
    raw = base64.urlsafe_b64decode(cookie)
    for place in range(len(raw)):
        touched = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert unpack(base64.urlsafe_b64encode(touched).decode(), KEY, page="/login") == Flash("/login")


@pytest.mark.parametrize(
    "cookie",
    ["", "x", "=", "é", "\ud800", "A" * 43, "A" * 44, "A" * 1_000_000, pack(SAID, KEY)[:-8], pack(SAID, KEY)[8:]],
)  # fmt: skip
def test_a_cookie_of_another_kind_says_nothing(cookie: str) -> None:
    assert unpack(cookie, KEY, page="/login") == Flash("/login")


@pytest.mark.parametrize("more", [{}, {"until": 9e9, "colour": "red"}])
def test_a_cookie_that_another_release_signed_says_nothing(more: dict[str, object]) -> None:
    assert unpack(_signed({"page": "/login", **more}), KEY, page="/login") == Flash("/login")


@given(
    message=st.text(max_size=2000),
    values=st.dictionaries(st.sampled_from(["email", "username"]), st.text(max_size=5000)),
    errors=st.dictionaries(st.text(max_size=50), st.text(max_size=500), max_size=5),
)
def test_a_cookie_always_fits_into_a_browser_and_keeps_what_it_can(
    message: str, values: dict[str, str], errors: dict[str, str]
) -> None:
    cookie = pack(Flash("/register", message, errors, values), KEY)
    assert len(cookie) <= 3800
    assert cookie.isascii()
    said = unpack(cookie, KEY, page="/register")
    assert bool(said.message) == bool(message)
    assert all(values[name].startswith(value) for name, value in said.values.items())


def test_what_was_typed_is_cut_and_left_out_before_the_message_is() -> None:
    long = Flash("/register", "Taken.", {"email": "Taken."}, {"email": "x" * 1000, "username": "eve"})
    assert unpack(pack(long, KEY), KEY, page="/register").values == {"email": "x" * 300, "username": "eve"}
    wide = Flash("/register", "Taken.", {"email": "Taken."}, {"email": "🏔" * 300})
    assert unpack(pack(wide, KEY), KEY, page="/register") == Flash("/register", "Taken.", {"email": "Taken."})


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-cg_flash"), (False, "cg_flash")])
def test_the_cookie_is_bound_to_its_host_under_https(secure: bool, name: str) -> None:
    assert flash.cookie_name(secure=secure) == name

"""Signed addresses open one key for one lifetime."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from clonegallery.settings import get_settings
from clonegallery.storage import urls
from clonegallery.storage.keys import original_key

KEY, OTHER = (original_key(uuid4(), "0f" * 32, "jpg") for _ in range(2))
NOW = 1_900_000_000.0


def parts(url: str) -> tuple[str, str]:
    query = parse_qs(urlsplit(url).query)
    return query["e"][0], query["s"][0]


def test_an_address_lives_at_most_one_lifetime_and_at_least_three_quarters(services: object) -> None:
    lifetime = get_settings().signed_url_seconds
    for moment in (NOW, NOW + 1, NOW + lifetime / 4 - 1, NOW + lifetime):
        left = urls.seconds_left(KEY, *parts(urls.signed_url(KEY, now=moment)), now=moment)
        assert lifetime * 3 / 4 <= left <= lifetime


def test_an_address_stays_the_same_for_a_while(services: object) -> None:
    start = NOW - NOW % get_settings().signed_url_seconds
    assert urls.signed_url(KEY, now=start) == urls.signed_url(KEY, now=start + 60)


def test_an_address_ends(services: object) -> None:
    expires, signature = parts(urls.signed_url(KEY, now=NOW))
    assert urls.seconds_left(KEY, expires, signature, now=int(expires)) == 0


@pytest.mark.parametrize("expires", ["", "-1", "1e9", "99999999999999", "\u0661\u0662"])
def test_nonsense_opens_nothing(services: object, expires: str) -> None:
    assert urls.seconds_left(KEY, expires, "x", now=NOW) == 0
    assert urls.seconds_left(KEY, "1900000900", "\u00e9", now=NOW) == 0


def test_a_signature_is_for_its_key_and_end(services: object) -> None:
    expires, signature = parts(urls.signed_url(KEY, now=NOW))
    assert urls.seconds_left(OTHER, expires, signature, now=NOW) == 0
    assert urls.seconds_left(KEY, str(int(expires) + 1), signature, now=NOW) == 0

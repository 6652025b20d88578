"""The secrets of browser sessions."""

import pytest

from clonegallery.accounts.secrets import cookie_name, new_token, same_secret, token_hash


def test_tokens_are_long_random_and_stored_only_as_a_hash() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    hashed = token_hash(next(iter(tokens)))
    assert hashed is not None
    assert len(hashed) == 32


@pytest.mark.parametrize("text", ["", "short", "x" * 44, "é" * 43, "x" * 42 + "\n", "a" * 100_000, "\x00" * 43])
def test_text_that_is_no_token_is_never_looked_up(text: str) -> None:
    assert token_hash(text) is None


@pytest.mark.parametrize(
    ("given", "expected", "same"),
    [("abc", "abc", True), ("abd", "abc", False), ("", "abc", False), ("", "", False), ("é\ud800", "abc", False)],
)
def test_secrets_compare_and_an_empty_one_never_matches(given: str, expected: str, same: bool) -> None:
    assert same_secret(given, expected) is same


def test_the_cookie_is_bound_to_its_host_under_https() -> None:
    assert cookie_name(secure=True) == "__Host-cg_session"
    assert cookie_name(secure=False) == "cg_session"

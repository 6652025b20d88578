"""Browsers and programs by the names that they give themselves."""

import pytest

from clonegallery.ui.agents import described

_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{_WINDOWS} {_WEBKIT} Chrome/150.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"{_WINDOWS} {_WEBKIT} Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0", "Edge on Windows"),
        (f"{_MAC} {_WEBKIT} Chrome/150.0.0.0 Safari/537.36 OPR/120.0", "Opera on macOS"),
        (f"{_MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/150.0 Mobile", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) CriOS/150.0 Mobile", "Chrome on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari on iPad"),
        ("Mozilla/5.0 (Windows NT 10.0)", "A browser on Windows"),
        ("python-httpx/0.28.1", "python-httpx 0.28.1"),
        ("curl/8.14.1", "curl 8.14.1"),
        ("backup script", "backup"),
        ("Mozilla/5.0", "Unknown"),
        ("", "Unknown"),
        ("<script>alert(1)</script>", "Unknown"),
    ],
)
def test_in_plain_words(user_agent: str, words: str) -> None:
    assert described(user_agent) == words

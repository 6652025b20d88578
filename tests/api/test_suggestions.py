"""What completes a search, over HTTP: whatever somebody may type, and however odd the question."""

import random
from urllib.parse import urlencode

import httpx
import pytest

from tests.factories import alice, bob, sign_in
from tests.images.shared import ready

SUGGESTIONS = "/api/v1/search/suggestions"

_HOSTILE = [
    '"', '"unbalanced', 'tag:"unbalanced', 'tag:"', "'", "\\", "%", "_", "tag:%", "tag:_", "tag:\\", "tag:%%%%",
    "camera:%' OR 1=1 --", "'; DROP TABLE tags; --", "by:'", "by:\\", "$1", "{}", "%s", ":x", "(a|b)*+?", "[", "-",
    "--", "-:", ":", "::", "key:", "tag:-", "\x00", "tag:\x00", "tag:a\x00b", "\ud800", "tag:\ud800x", "\ufffe",
    "\u202etxt", "tag:\u202etxt", "שלום", "tag:שלום", "مرحبا", "🌅", "tag:🌅", "👩‍👩‍👧‍👦", "e\u0301" * 300, "a " * 900,
    "x" * 2_000, "tag:" + "x" * 1_900, "tag:" + "ﷺ" * 50, "camera:" + "a " * 900, "camera:" + "a-" * 900, "\n\r\t",
    "  ", "tag:\U0010ffff", "\uff34\uff21\uff27\uff1abea", "tag\uff1abea", "like:", "iso:", "near:46", "has:",
    "x" * 10_240, "a " * 5_000, '"' * 2_001,
]  # fmt: skip


async def test_whatever_is_typed_is_answered(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    await ready(client, write, tags="beach, 100%", visibility="public")
    chance = random.Random(6)
    texts = [*_HOSTILE, *(" ".join(chance.sample(_HOSTILE[:40], 3)) for _ in range(60))]
    for signed_in in (True, False):
        for text in texts:
            query = urlencode({"q": text}, errors="surrogatepass")
            read = text.encode(errors="surrogatepass").decode(errors="replace")
            answer = await client.get(f"{SUGGESTIONS}?{query}")
            assert answer.status_code == 200, (text, answer.text)
            for item in answer.json()["items"]:
                start, end = item["replaces"]
                assert 0 <= start <= end == len(read), (text, item)
                assert item["term"], (text, item)
                assert signed_in or item["kind"] != "recent"
        client.cookies.clear()
    assert (await client.get(f"{SUGGESTIONS}?q=tag:bea")).json()["items"] == [
        {"kind": "tag", "term": "tag:beach", "label": "beach", "count": 1, "replaces": [0, 7]}
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=21", "limit"),
        ("limit=x", "limit"),
        ("text=bea", "text"),
    ],
)
async def test_an_odd_question_is_refused_by_name(client: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"{SUGGESTIONS}?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_nothing_of_a_private_picture_is_suggested_to_others(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    await ready(client, write, tags="secrettag", visibility="private")
    mine = (await client.get(f"{SUGGESTIONS}?q=secr")).json()["items"]
    assert [item["term"] for item in mine] == ["tag:secrettag"]
    await sign_in(client, await alice())
    for q in ("secr", "tag:secr", "tag:secrettag", "by:bo", "tag:"):
        assert (await client.get(SUGGESTIONS, params={"q": q})).json() == {"items": []}, q
    client.cookies.clear()
    for q in ("secr", "tag:secr", "tag:secrettag", "by:bo", "tag:"):
        assert (await client.get(SUGGESTIONS, params={"q": q})).json() == {"items": []}, q

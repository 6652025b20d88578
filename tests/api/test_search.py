"""Searching over HTTP: what is asked in one text and by parameters, counts, and whatever else somebody may send."""

import random
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.factories import alice, bob, sign_in
from tests.images.shared import ready, send

IMAGES = "/api/v1/images"
ROUTES = (IMAGES, f"{IMAGES}/facets", f"{IMAGES}/timeline")

_HOSTILE = [
    '"', '"unbalanced', "'", "''", "\\", "%", "_", "%' OR 1=1 --", "'; DROP TABLE images; --", "$1", "{}", "%s", ":x",
    "(a|b)*+?", "[", "]]", "a & b | !c", "<->", ":*", "a:*", "-", "--", "-:", ":", "::", "key:", "f:9..1", "f:..",
    "f:nan", "f:inf",
    "f:1e400", "iso:abc", "iso:-5", "iso:", "iso:" + "9" * 400, "s:1/0", "taken:0000", "taken:9999-99", "s:0",
    "taken:2024-02-30", "near:91,0,1km", "near:1,2", "near:1,2,-3km", "near:a,b,c", "bbox:1,2,3", "like:me",
    "like:00000000-0000-0000-0000-000000000000", "seed:99999999999999999999", "seed:-1", "rating:none", "has:what",
    "tag:" + "x" * 300, "by:" + "y" * 500, "colour:red", "\x00", "a\x00b", "\ud800", "\ufffe", "\u202etxt", "שלום עולם",
    "مرحبا", "🌅", "👩‍👩‍👧‍👦", "e\u0301" * 300, "a " * 400, "-a " * 31, "word" * 2_500, "((((" * 500, "\n\r\t", "  ",
    "\u0000", "tag:'=x'", "tag:\\", "tag:\"'\"", "prompt:'", "prompt:\"&|!\"", "camera:%", "lens:_", "model:(",
]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
async def test_nothing_that_is_typed_is_more_than_refused(client: httpx.AsyncClient, route: str) -> None:
    await sign_in(client, await bob())
    chance = random.Random(5)
    texts = [*_HOSTILE, *(" ".join(chance.sample(_HOSTILE[:60], 3)) for _ in range(60))]
    for text in texts:
        query = urlencode({"q": text}, errors="surrogatepass")
        for more in ("", "&sort=newest"):
            answer = await client.get(f"{route}?{query}{more if route != ROUTES[1] else ''}")
            assert answer.status_code in (200, 404, 422), (text, answer.text)
            if answer.status_code == 422:
                (error,) = answer.json()["errors"]
                assert error["field"] == "q", text
                assert error["message"], text
                assert 0 <= error["position"] <= len(text), text


async def test_a_refusal_names_the_part_and_its_place(client: httpx.AsyncClient) -> None:
    answer = await client.get(IMAGES, params={"q": "sunset f:9..1 iso:100"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["token"], error["position"]) == ("q", "f:9..1", 7)
    assert "f" in error["message"]
    answer = await client.get(IMAGES, params={"q": "a" * 10_240})
    (error,) = answer.json()["errors"]
    assert (error["token"], error["position"]) == ("a" * 30, 2_000)


@pytest.mark.parametrize(
    "parameters",
    [
        {"bbox": "1,2,3"},
        {"bbox": "nan,0,1,1"},
        {"seed": "-1"},
        {"seed": "9" * 30},
        {"has_gps": "perhaps"},
        {"prompt": "\x00"},
        {"sort": "best"},
        {"aperture_min": "nan"},
        {"taken_after": "yesterday"},
    ],
)
async def test_a_parameter_that_cannot_be_read_is_refused_by_its_name(
    client: httpx.AsyncClient, parameters: dict[str, str]
) -> None:
    answer = await client.get(IMAGES, params=parameters)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == list(parameters)


async def test_parameters_and_text_say_the_same_and_combine(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    one = await ready(client, write, title="Harbour at night", tags="boats, night", visibility="public")
    await send(client, write, b"not a picture", title="Harbour")
    asked: list[dict[str, Any]] = [
        {"q": "harbour"},
        {"q": "tag:boats"},
        {"tag": "boats"},
        {"q": "harbour tag:night", "tag": "boats", "source": "upload"},
        {"q": "source:upload by:bob", "rating": "general"},
        {"q": "-camera:canon"},
        {"has_gps": "false"},
    ]
    for parameters in asked:
        found = (await client.get(IMAGES, params=parameters)).json()
        assert [card["id"] for card in found["items"]] == [one["id"]], parameters
        counted = (await client.get(f"{IMAGES}/facets", params=parameters)).json()
        assert counted["total"] == 1, parameters
        assert sum(month["count"] for month in (await client.get(ROUTES[2], params=parameters)).json()) == 1
    nothing = (await client.get(IMAGES, params={"q": "harbour -tag:boats", "count": "true"})).json()
    assert (nothing["items"], nothing["total"]) == ([], 0)


async def test_facets_name_what_asks_for_them(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    await ready(client, write, title="One", tags="blue hour, it's", visibility="public")
    counted = (await client.get(f"{IMAGES}/facets")).json()
    assert counted["is_estimate"] is False
    assert {value["label"] for value in counted["tag"]} == {"blue hour", "it's"}
    for name in ("tag", "source"):
        for value in counted[name]:
            found = (await client.get(IMAGES, params={"q": value["term"]})).json()
            assert len(found["items"]) == value["count"] == 1, value


async def test_somebody_elses_private_picture_is_in_nothing(client: httpx.AsyncClient) -> None:
    write = await sign_in(client, await bob())
    hidden = await ready(client, write, title="Secretword", tags="secrettag", visibility="private")
    await sign_in(client, await alice())
    for q in ("secretword", "tag:secrettag", "by:bob", f"like:{hidden['id']}", "secretw"):
        answer = await client.get(IMAGES, params={"q": q, "count": "true"})
        if q.startswith("like:"):
            assert (answer.status_code, answer.json()["errors"][0]["position"]) == (422, 0)
        else:
            assert (answer.json()["items"], answer.json()["total"]) == ([], 0), q
    counted = (await client.get(f"{IMAGES}/facets")).json()
    assert (counted["total"], counted["tag"]) == (0, [])

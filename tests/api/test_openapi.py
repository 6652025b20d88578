"""The OpenAPI document says what the routes do, and its page needs no other machine."""

import re
from typing import Any

import httpx
import pytest

Operation = tuple[str, str, dict[str, Any]]

_WAYS_IN = (("access_token",), ("api_key",), ("session",), ("session", "csrf"))


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def _operations(document: dict[str, Any]) -> list[Operation]:
    return [(path, method, op) for path, methods in document["paths"].items() for method, op in methods.items()]


def test_it_is_openapi_3_1_with_an_id_for_each_operation(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    ids = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", name) for name in ids), ids


def test_every_refusal_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        for status, response in operation["responses"].items():
            if int(status) >= 400 and not path.startswith("/health"):
                assert list(response["content"]) == ["application/problem+json"], (path, method, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for name in re.findall(r"'#/components/schemas/([^']+)'", str(document)):
        assert name in document["components"]["schemas"]


def test_writes_name_the_token_they_need(document: dict[str, Any]) -> None:
    ways: list[dict[str, list[str]]] = [{name: [] for name in names} for names in _WAYS_IN]
    token, key, cookie, written = ways
    me, images = document["paths"]["/api/v1/me"], document["paths"]["/api/v1/images"]
    assert me["get"]["security"] == [token, key, cookie]
    assert me["patch"]["security"] == [token, written]
    assert images["get"]["security"] == [{}, token, key, cookie]
    assert images["post"]["security"] == [token, key, written]
    assert document["paths"]["/api/v1/admin/users"]["get"]["security"] == [token, key, cookie]
    assert document["paths"]["/api/v1/admin/users"]["post"]["security"] == [token, key, written]
    assert {"401", "403", "409", "413", "422", "503"} <= set(me["patch"]["responses"])
    assert set(document["components"]["securitySchemes"]) == {"access_token", "api_key", "session", "csrf"}


def test_whatever_a_body_must_have_comes_with_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bodies = [
        schemas[name] for name in set(re.findall(r"'requestBody': .{0,200}?schemas/(\w+)'", str(document["paths"])))
    ]
    assert len(bodies) > 8
    for schema in bodies:
        for field in schema.get("required", []):
            assert schema["properties"][field].get("examples"), (schema["title"], field)


def test_what_needs_somebody_signed_in_says_so_for_every_way_in(document: dict[str, Any]) -> None:
    for path, method, operation in _operations(document):
        if "security" in operation:
            assert {"401", "403", "503"} <= set(operation["responses"]), (path, method)


def test_unknown_fields_are_documented_as_refused(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["MeUpdate"]["additionalProperties"] is False


async def test_the_page_and_all_it_loads_come_from_here(client: httpx.AsyncClient) -> None:
    page = await client.get("/api/docs")
    assert page.status_code == 200
    assert "/api/openapi.json" in page.text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    for address in loaded:
        if address.startswith("/api/"):
            assert (await client.get(address)).status_code == 200

"""Every refusal has the one shape, whoever raised it, and tells nothing that it should not."""

from typing import Annotated
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Query, Request
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from clonegallery import errors
from clonegallery.api.app import create_api
from clonegallery.api.problems import MEDIA_TYPE
from clonegallery.errors import FieldError, GalleryError


def _raising(error: Exception) -> FastAPI:
    async def fail() -> None:
        raise error

    api = create_api()
    api.router.routes.pop()  # The last route answers for everything under /api that has no other.
    api.add_api_route("/api/fail", fail)
    return api


async def _ask(api: FastAPI, path: str = "/api/fail") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
        return await client.get(path)


def _tree(root: type[GalleryError] = GalleryError) -> list[type[GalleryError]]:
    return [root, *(found for child in root.__subclasses__() for found in _tree(child))]


@pytest.mark.parametrize("kind", _tree())
async def test_each_member_of_the_tree_has_its_document(kind: type[GalleryError]) -> None:
    answer = await _ask(_raising(kind("In plain words.", errors=[FieldError("title", "Too long.")])))
    assert answer.status_code == kind.status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": f"urn:clonegallery:problem:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": "In plain words.",
        "code": kind.code,
        "errors": [{"field": "title", "message": "Too long."}],
    }
    assert ("retry-after" in answer.headers) is kind.retryable
    assert ("www-authenticate" in answer.headers) is (kind.status == 401)


async def test_waiting_times_are_passed_on() -> None:
    answer = await _ask(_raising(errors.TooManyRequests(retry_after=77)))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "77")


@pytest.mark.parametrize("error", [RuntimeError("secret path /srv/x"), OSError(13, "secret path /srv/x")])
async def test_a_defect_is_a_500_without_details_and_logged(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    answer = await _ask(_raising(error))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"]


async def test_a_lost_database_is_a_503_that_says_when_to_come_back() -> None:
    answer = await _ask(_raising(OperationalError("SELECT secret", {}, Exception("password=secret"))))
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "unavailable", "5")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("status", "expected", "code"),
    [(400, 422, "invalid"), (404, 404, "not_found"), (405, 405, "method_not_allowed"), (413, 413, "too_large"),
     (416, 416, "requested_range_not_satisfiable"), (501, 501, "not_implemented")],
)  # fmt: skip
async def test_the_frameworks_own_refusals_are_problems_too(status: int, expected: int, code: str) -> None:
    answer = await _ask(_raising(HTTPException(status, "internal words")))
    assert (answer.status_code, answer.json()["code"]) == (expected, code)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "internal words" not in answer.text


async def test_words_that_utf8_cannot_carry_become_question_marks() -> None:
    answer = await _ask(_raising(errors.Invalid("lone \ud800", errors=[FieldError("\udfff", "\ud800")])))
    assert answer.json()["detail"] == "lone ?"
    assert answer.json()["errors"] == [{"field": "?", "message": "?"}]


async def test_query_and_path_are_checked_in_plain_words() -> None:
    async def find(_request: Request, image: UUID, limit: Annotated[int, Query(ge=1, le=200)] = 60) -> int:
        return limit

    api = _raising(RuntimeError())
    api.add_api_route("/api/find/{image}", find)
    good = "/api/find/0191e0e0-0000-7000-8000-000000000000"
    assert (await _ask(api, good)).json() == 60
    for bad in ("0", "201", "x", "1" * 5000, "NaN", "%00", "%ff"):
        answer = await _ask(api, f"{good}?limit={bad}")
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["limit"])
    for nothing in ("42", "%00", "..%2f..", "x" * 2000):
        answer = await _ask(api, f"/api/find/{nothing}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

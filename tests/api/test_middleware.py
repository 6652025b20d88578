"""One line in the log for each request, without what nobody should read there."""

import httpx
import pytest
from starlette.types import Message
from structlog.testing import capture_logs

from clonegallery.api import middleware
from clonegallery.api.app import create_api
from clonegallery.log import get_logger


@pytest.fixture(autouse=True)
def _fresh_logger(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger that was used before keeps the pipeline of that time."""
    monkeypatch.setattr(middleware, "log", get_logger("clonegallery.access"))


async def test_each_request_is_one_line(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await client.get("/api/nope?token=very-secret", headers={"Cookie": "cg_session=very-secret"})
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["method"], line["path"], line["status"]) for line in requests] == [("GET", "/api/nope", 404)]
    assert requests[0]["ms"] >= 0
    assert "very-secret" not in str(lines)


async def test_the_liveness_probe_does_not_fill_the_log(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await client.get("/health/live")
    assert [line["log_level"] for line in lines if line["event"] == "request"] == ["debug"]


async def test_a_password_is_never_logged(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await client.post("/auth/login", data={"username": "bob", "password": "very-secret"})
    assert lines
    assert "very-secret" not in str(lines)


async def test_who_stops_sending_but_still_reads_is_told_so(services: object) -> None:
    scope = {
        "type": "http", "method": "POST", "path": "/auth/login", "raw_path": b"/auth/login", "query_string": b"",
        "headers": [(b"content-type", b"application/x-www-form-urlencoded")], "client": None, "server": None,
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await create_api()(scope, receive, send)
    assert [message.get("status") for message in sent if message["type"] == "http.response.start"] == [422]

"""What the upload page refuses before it sends anything, and how it reads a refusal of the server."""

import json
from typing import Any

import pytest

from tests.ui.node import evaluate


def _call(module: str, expression: str) -> Any:
    return evaluate(expression, m=module)


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("sea.JPG", 10, ""),
        ("notes.txt", 10, ".txt is not a picture format this gallery reads."),
        ("README", 10, "A name without an extension is not a picture format this gallery reads."),
        ("sea.jpg", 0, "The file is empty."),
        ("sea.jpg", 3_500_000, "The file has 3.5 MB; this gallery accepts up to 2.0 MB."),
    ],
)
def test_a_refusal_names_its_reason(name: str, size: int, reason: str) -> None:
    file = json.dumps({"name": name, "size": size})
    assert _call("upload_files.js", f'm.refusal({file}, {{extensions: ["jpg"], maxBytes: 2e6}})') == reason


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (422, {"title": "Bad", "detail": "The file ends too early."}, "The file ends too early."),
        (422, {"errors": [{"field": "file", "message": "Missing."}]}, "Missing."),
        (413, None, "The file is larger than this gallery accepts."),
        (500, "<html>", "The server answered 500."),
    ],
)
def test_the_servers_reason_is_shown(status: int, body: Any, message: str) -> None:
    text = json.dumps(json.dumps(body))
    assert _call("api_client.js", f"m.problemFrom({status}, {text}).message") == message


def test_patience_is_asked_for_in_seconds_or_by_date() -> None:
    later = "m.retrySeconds(new Date(Date.now() + 60_000).toUTCString())"
    plain, date, nothing = _call("api_client.js", f'[m.retrySeconds("7"), {later}, m.retrySeconds(null)]')
    assert (plain, nothing) == (7, 0)
    assert 58 <= date <= 61


def test_what_is_kept_for_a_reload_is_written_in_bounded_batches() -> None:
    sizes = [1, 20, 12, 40, 0, 5]
    rows = json.dumps([{"id": index, "size": size * 1024 * 1024} for index, size in enumerate(sizes)])
    batches = _call("upload_store.js", f"m.batchesOf({rows}).map((batch) => batch.map((row) => row.id))")
    assert [index for batch in batches for index in batch] == list(range(len(sizes)))
    assert all(len(batch) == 1 or sum(sizes[index] for index in batch) <= 32 for batch in batches)
    assert len(batches) < len(sizes)

"""Logs are structured and keep secrets to themselves."""

import json
import logging
from collections.abc import Iterator

import pytest

from clonegallery.log import configure_logging, get_logger
from clonegallery.settings import Settings


@pytest.fixture(autouse=True)
def restore_root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_json_lines_carry_fields_and_hide_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    get_logger("test").info("signed in", user_id="42", password="hunter2", session_token="abc")
    logging.getLogger("library").warning("from a library")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["user_id"], first["level"]) == ("signed in", "42", "info")
    assert first["password"] == first["session_token"] == "***"
    assert (second["event"], second["logger"]) == ("from a library", "library")


def test_an_exception_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    try:
        raise ValueError("odd")
    except ValueError:
        get_logger("test").exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: odd" in json.loads(line)["exception"]

"""Ground that the tests of lists stand on."""

from collections.abc import Iterator

import pytest

from clonegallery import changes
from clonegallery.images import remembered


@pytest.fixture
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that knows nothing of what other tests have done to Redis, and leaves them nothing to wait for."""
    _forget(changes.ledger)
    ledger = changes.Ledger()
    monkeypatch.setattr(changes, "ledger", ledger)
    monkeypatch.setattr(remembered, "_absence", remembered._Absence())
    monkeypatch.setattr(remembered, "_shelf", remembered.Shelf(remembered.SHELF_BYTES))
    monkeypatch.setattr(remembered, "_ASK_SECONDS", 60)  # A machine with much to do is no reason to ask the database.
    yield
    _forget(ledger)


def _forget(ledger: changes.Ledger) -> None:
    """What it still owes would come in the midst of a test."""
    if ledger._retrying is not None:
        ledger._retrying.cancel()

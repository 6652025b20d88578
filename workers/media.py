"""What the `media` queue does: decoding, derivatives, storage."""

from collections.abc import Mapping, Sequence

from clonegallery.accounts import service as accounts
from clonegallery.images import ingest, trash
from clonegallery.jobs.runner import Kind, Sweep

KINDS: Mapping[str, Kind] = {
    "ingest": Kind(ingest.ingest, ingest.ingest_failed),
    "purge": Kind(trash.purge),
}

SWEEPS: Sequence[Sweep] = (
    Sweep("end dead sessions", 3600, accounts.end_dead_sessions),
    *trash.SWEEPS,
)

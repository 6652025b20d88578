"""What the `media` queue does: decoding, derivatives, storage, and letters."""

from collections.abc import Mapping, Sequence

from clonegallery.accounts import service as accounts
from clonegallery.images import ingest, trash
from clonegallery.jobs.runner import Kind, Sweep

KINDS: Mapping[str, Kind] = {
    "ingest": Kind(ingest.ingest, ingest.ingest_failed),
    "mail_link": Kind(accounts.send_link),
    "purge": Kind(trash.purge),
}

SWEEPS: Sequence[Sweep] = (
    Sweep("end dead sessions", 3600, accounts.end_dead_sessions),
    Sweep("dead links", 3600, accounts.remove_expired_links),
    *trash.SWEEPS,
)

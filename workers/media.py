"""What the `media` queue does: decoding, derivatives, storage, letters, and placing pictures by what they show.

Beside it, it says where the texts and pictures lie that people search by.
"""

from collections.abc import Mapping, Sequence

from clonegallery.accounts import service as accounts
from clonegallery.generations import demo
from clonegallery.images import ingest, labelling, trash, wording
from clonegallery.jobs.runner import Kind, Service, Sweep
from clonegallery.search import answering, measuring, placing, spaces

KINDS: Mapping[str, Kind] = {
    "ingest": Kind(ingest.ingest, ingest.ingest_failed),
    "mail_link": Kind(accounts.send_link),
    demo.KIND: Kind(demo.ask_for_demo),
    "place": Kind(placing.place),
    spaces.PLACE_ALL: Kind(placing.place_all),
    measuring.MEASURE_ALL: Kind(measuring.measure_all),
    "purge": Kind(trash.purge),
}

SWEEPS: Sequence[Sweep] = (
    Sweep("end dead sessions", 3600, accounts.end_dead_sessions),
    Sweep("dead links", 3600, accounts.remove_expired_links),
    Sweep("look after the spaces of embeddings", 30, spaces.look_after),
    Sweep("look for pictures that were not placed", 600, spaces.look_for_missed),
    Sweep("look for pictures that were not measured", 60, measuring.look_for_unmeasured),
    *trash.SWEEPS,
    *wording.SWEEPS,
    *labelling.SWEEPS,
)

SERVICES: Sequence[Service] = (Service("answer what lies where", answering.answer_questions),)

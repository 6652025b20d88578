"""What the `gpu` queue does: making pictures, one at a time per device; services may be asked several at once."""

from collections.abc import Mapping, Sequence

from clonegallery.generations import making, workshop
from clonegallery.jobs.runner import Kind, Sweep

KINDS: Mapping[str, Kind] = {"generate": Kind(making.generate, making.generation_failed)}

SWEEPS: Sequence[Sweep] = (Sweep("report", workshop.REPORT_SECONDS, workshop.report),)

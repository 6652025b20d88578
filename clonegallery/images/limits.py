"""What one upload may cost to decode: the bounds that the sniffer, the decoder and its guard share."""

from dataclasses import dataclass

from clonegallery.errors import UnreadableImage

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """Bounds on decoding one picture.

    `max_pixels` counts one frame, `max_total_pixels` frames times pixels (animations repeat their canvas), `seconds`
    is both the wall clock and the CPU time of the child process, `memory_bytes` its whole address space.
    """

    max_pixels: int = 200_000_000
    max_frames: int = 2000
    max_total_pixels: int = 1_000_000_000
    seconds: float = 60
    memory_bytes: int = 2 * GIB

    def check(self, width: int, height: int, frames: int) -> None:
        """Raise `UnreadableImage` when a picture of this shape is empty or too large to decode safely."""
        if width < 1 or height < 1 or frames < 1:
            raise UnreadableImage("The picture has no pixels")
        if width * height > self.max_pixels:
            raise UnreadableImage(f"The picture has more than {self.max_pixels // 1_000_000} megapixels")
        if frames > self.max_frames:
            raise UnreadableImage(f"The animation has more than {self.max_frames} frames")
        if width * height * frames > self.max_total_pixels:
            raise UnreadableImage(f"The frames have more than {self.max_total_pixels // 1_000_000} megapixels together")

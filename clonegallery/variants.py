"""The smaller copies that every picture has. A room of its own: the decoder's child knows these and no table."""

from enum import StrEnum


class Variant(StrEnum):
    """A derivative; the number is its longest edge in pixels."""

    THUMB_300 = "thumb_300"
    THUMB_600 = "thumb_600"
    THUMB_1200 = "thumb_1200"

    @property
    def edge(self) -> int:
        return int(self.removeprefix("thumb_"))

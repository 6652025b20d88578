"""Demo pictures painted by child processes while other things are done: `python -m … FOLDER SHARE OF`."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from clonegallery.demo.catalogue import catalogue, draw
from clonegallery.settings import ROOT


class Painters:
    """Child processes that paint the whole catalogue into `folder`; what is there already is not painted again."""

    def __init__(self, folder: Path, count: int | None = None) -> None:
        count = count or os.cpu_count() or 1
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "clonegallery.runtime.painting", str(folder)]
        # Sessions of their own: Ctrl-C is for the one who started them, who then stops them without a trace each.
        self._children = [
            subprocess.Popen(  # noqa: S603 Ourselves.
                [*command, str(share), str(count)], cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True
            )
            for share in range(count)
        ]

    def painted(self) -> int:
        """How many pictures are finished."""
        return sum(1 for _ in self._folder.glob("*.jpg"))

    def ended(self) -> bool:
        """True when no painter works any more."""
        return all(child.poll() is not None for child in self._children)

    def stop(self) -> None:
        """End the painters, at once; finished pictures stay."""
        for child in self._children:
            if child.poll() is None:
                child.kill()
            child.wait()


def paint_share(folder: Path, share: int, of: int) -> None:
    """Paint every `of`-th picture from number `share`; a picture appears under its name only when it is whole."""
    for picture in catalogue()[share::of]:
        target = folder / picture.filename
        if not target.exists():
            draft = target.with_suffix(".part")
            draft.write_bytes(draw(picture))
            draft.rename(target)


def main(arguments: Sequence[str]) -> int:
    """Entry point of one painter."""
    os.nice(5)  # The page build beside it is what somebody waits for.
    folder, share, of = arguments
    paint_share(Path(folder), int(share), int(of))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

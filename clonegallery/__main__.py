"""`python -m clonegallery`: the command line."""

import io
import sys

from clonegallery.cli import main

if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # A terminal without Unicode shows a ? instead of ending the start.
    sys.exit(main())

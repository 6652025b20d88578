"""`python -m clonegallery`: the command line."""

import sys

from clonegallery.cli import main

if __name__ == "__main__":
    sys.exit(main())

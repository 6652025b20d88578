"""`python -m tests.bench [name …]`: every benchmark, or the named ones, one after another; each prints its figures."""

import importlib
import sys
import time
from pathlib import Path


def main(names: list[str]) -> None:
    """Run `bench_<name>.py` for each name; all of them, in alphabetical order, when none is given."""
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    if unknown := sorted(set(names) - set(known)):
        sys.exit(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}.")
    for name in names or known:
        print(f"\n=== {name} " + "=" * (70 - len(name)), flush=True)
        started = time.monotonic()
        importlib.import_module(f"tests.bench.bench_{name}").main()
        print(f"({time.monotonic() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

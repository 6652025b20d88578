"""The tests' browser: an existing Chromium, else Debian's as root, else Playwright's own; `python -m …` gets one."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--no-sandbox",  # Root has no other choice, and only our own pages are opened.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def system_chromium() -> str | None:
    """The path of a Chromium that the machine has, if it has one."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def playwright_chromium() -> str | None:
    """The path of Playwright's own Chromium, if it was downloaded."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def main() -> int:
    """Make sure that there is a browser; says in words what is missing when there is no way to get one."""
    if system_chromium() or playwright_chromium():
        return 0
    print("Getting Chromium for the browser tests (once) …", flush=True)
    for attempt in _ways():
        if all(subprocess.run(command, check=False).returncode == 0 for command in attempt) and (
            system_chromium() or playwright_chromium()
        ):
            return 0
    print("There is no Chromium and none could be installed. As root: apt install chromium", file=sys.stderr)
    return 1


def _ways() -> list[list[list[str]]]:
    apt = [["apt-get", "-q", "update"], ["apt-get", "-q", "install", "--yes", "--no-install-recommends", "chromium"]]
    debian = [apt] if os.geteuid() == 0 and shutil.which("apt-get") else []
    return [*debian, [[sys.executable, "-m", "playwright", "install", "chromium"]]]


if __name__ == "__main__":
    sys.exit(main())

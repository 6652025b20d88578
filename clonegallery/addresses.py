"""Addresses that came from outside. Pure."""

from urllib.parse import urlsplit

_MAX_NEXT = 2000


def safe_next(target: str) -> str:
    """`target` when it is a path on this very site, else `/`.

    Browsers read `//host`, `/\\host` and control characters between the slashes as another site, so none may pass.
    """
    local = target.startswith("/") and not target.startswith(("//", "/auth/")) and "\\" not in target
    if not local or len(target) > _MAX_NEXT or not target.isprintable():
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else target

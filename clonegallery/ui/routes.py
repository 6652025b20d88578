"""The addresses of the pages, as constants and functions, so that a link cannot be misspelt."""

from urllib.parse import quote

GALLERY = "/"
IMAGE = "/image/[image_id]"
UPLOAD = "/upload"
LOGIN = "/login"
TRASH = "/trash"
NOT_FOUND = "404"

SIGN_IN_ACTION = "/auth/login"
SIGN_OUT_ACTION = "/auth/logout"


def image(image_id: str) -> str:
    """The page of one picture."""
    return f"/image/{image_id}"


def sign_in(back_to: str) -> str:
    """The sign-in page that leads to `back_to`, a path on this site, afterwards."""
    return f"{LOGIN}?next={quote(back_to, safe='')}"

"""What the letters say. Pure."""

from datetime import timedelta
from urllib.parse import urlencode

from clonegallery.mail import Letter
from clonegallery.models.credential import LinkPurpose
from clonegallery.settings import get_settings

VERIFY_PAGE = "/verify-email"
RESET_PAGE = "/reset-password"

_VERIFY = """Hello {username},

please confirm that this is your e-mail address at {origin}:

{link}

The link works for {lifetime}, once. If you did not ask for it, ignore this letter: nothing happens without the link.
"""
_RESET = """Hello {username},

somebody, probably you, asked for a new password at {origin}. Choose it here:

{link}

The link works for {lifetime}, once. If it was not you, ignore this letter: your password stays as it is.
"""
_LETTERS = {
    LinkPurpose.VERIFY_EMAIL: ("Confirm your e-mail address", VERIFY_PAGE, _VERIFY),
    LinkPurpose.RESET_PASSWORD: ("Choose a new password", RESET_PAGE, _RESET),
}


def letter_for(purpose: LinkPurpose, email: str, username: str, token: str, lifetime: timedelta) -> Letter:
    """The letter to `email` whose link holds `token`."""
    subject, page, text = _LETTERS[purpose]
    origin = get_settings().origin
    link = f"{origin}{page}?{urlencode({'token': token})}"
    body = text.format(username=username, origin=origin, link=link, lifetime=_in_words(lifetime))
    return Letter(to=email, subject=f"{subject} · CloneGallery", text=body, link=link)


def _in_words(lifetime: timedelta) -> str:
    hours = round(lifetime.total_seconds() / 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours" if hours > 1 else "an hour"

"""What a refused form leaves behind, without posting it: the address that the API leads back to, and its cookie."""

from clonegallery import flash
from clonegallery.flash import Flash
from clonegallery.settings import get_settings
from tests.factories import TestPerson
from tests.ui.tab import Tab, cookie_of


async def refused_tab(url: str, said: Flash, person: TestPerson | None = None) -> Tab:
    """A tab at `url` whose browser holds what the API `said`; it is `person`'s where there is one."""
    settings = get_settings()
    cookie = f"{flash.cookie_name(secure=settings.secure)}={flash.pack(said, settings.signing_key())}"
    return Tab(url, f"{cookie}; {await cookie_of(person)}" if person else cookie)

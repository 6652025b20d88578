"""One person as their page and its head show them: nothing that is not everybody's to know passes through here."""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request

from clonegallery.accounts import service as accounts
from clonegallery.accounts.schemas import ANONYMOUS, PublicProfile, Viewer
from clonegallery.errors import NotFound
from clonegallery.images import service as images
from clonegallery.images.schemas import FeedPage, FeedQuery
from clonegallery.settings import get_settings
from clonegallery.ui import photograph, routes
from clonegallery.ui.pages import missing
from clonegallery.ui.pages.image_head import shared_image
from clonegallery.ui.shell import Head, SharedPage


@dataclass(frozen=True)
class ProfileView:
    """What the page draws; `pictures` says how many of theirs the viewer may see, `query` asks the API for those."""

    username: str = ""
    initial: str = ""
    joined: str = ""
    pictures: str = ""
    query: str = ""


async def profile_view(viewer: Viewer, username: str) -> ProfileView:
    """The person of this name, as `viewer` may see them. Raises `NotFound`, also for a disabled account."""
    person = await accounts.public_profile(username)
    return ProfileView(
        username=person.username,
        initial=person.username[:1].upper(),
        joined=_month(person.created_at),
        pictures=_pictures(await _newest(viewer, person)),
        query=f"owner={person.id}",
    )


async def head_of_profile(request: Request) -> tuple[int, Head]:
    """The status and head for this request, the same whoever asks: what a stranger sees. 404 for nobody."""
    try:
        person = await accounts.public_profile(request.path_params["username"])
    except NotFound:
        return 404, Head(missing.TITLE)
    shown = await _newest(ANONYMOUS, person)
    origin = get_settings().origin
    page = SharedPage(
        title=person.username,
        description=f"{_pictures(shown).capitalize()} by {person.username}.",
        page_url=origin + routes.profile(person.username),
        kind="profile",
        **(shared_image(shown.items[0], origin) if shown.items else {}),
    )
    return 200, Head(f"{person.username} · CloneGallery", page)


async def _newest(viewer: Viewer, person: PublicProfile) -> FeedPage:
    """The newest of their pictures that `viewer` may see, and how many there are."""
    query = FeedQuery(owner=str(person.id), limit=1, count=True)
    return FeedPage.model_validate_json(await images.feed(viewer, query))


def _pictures(page: FeedPage) -> str:
    counted = photograph.count(page.total or 0, "picture", "pictures") if page.total else "no pictures yet"
    return f"about {counted}" if page.total_is_estimate else counted


def _month(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%B %Y}"

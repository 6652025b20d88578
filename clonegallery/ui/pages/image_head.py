"""What the served HTML of a picture's page says in its head, and whether there is such a page for the asker."""

from typing import TypedDict
from uuid import UUID

from starlette.requests import Request

from clonegallery.errors import NotFound
from clonegallery.images import service
from clonegallery.images.schemas import ImageCard, ImageDetail
from clonegallery.settings import get_settings
from clonegallery.ui import routes
from clonegallery.ui.pages.image_view import sources
from clonegallery.ui.session import viewer_for_cookies
from clonegallery.ui.shell import Head, SharedPage, shorten

_GENERIC = Head("CloneGallery")
_SHARED_EDGE = 1200


class SharedImage(TypedDict, total=False):
    """The picture of a `SharedPage`."""

    image_url: str
    width: int
    height: int


async def head_of_image(request: Request) -> tuple[int, Head]:
    """The status and head for this request: 404 and nothing told where the asker may not see the picture.

    Title and picture are told of what a stranger with the link may see, whoever asks; of the rest that it is there.
    """
    try:
        viewer = await viewer_for_cookies(request.headers.get("cookie", ""))
        # The page itself counts the look, once it is open: this answer goes to messengers and search engines too.
        detail = await service.detail(viewer, UUID(request.path_params["image_id"]), is_look=False)
    except (NotFound, ValueError):
        # A ValueError is an address that is no UUID.
        return 404, _GENERIC
    if detail.visibility == "private" or detail.deleted_at is not None:
        return 200, Head(_GENERIC.title, preload=sources(detail))
    picture = shared_picture(detail, get_settings().origin)
    return 200, Head(f"{detail.title} · CloneGallery" if picture else _GENERIC.title, picture, sources(detail))


def shared_picture(detail: ImageDetail, origin: str) -> SharedPage | None:
    """What a link to the picture unfolds to, or None while there is no copy of it to show."""
    if detail.status != "ready":
        return None
    return SharedPage(
        title=detail.title,
        description=shorten(detail.caption or f"A picture by {detail.owner.username}."),
        page_url=origin + routes.image(str(detail.id)),
        **shared_image(detail, origin),
    )


def shared_image(card: ImageCard, origin: str) -> SharedImage:
    """The parts of a `SharedPage` that show this picture."""
    scale = min(1.0, _SHARED_EDGE / max(card.width, card.height))
    return SharedImage(
        image_url=f"{origin}/api/v1/images/{card.id}/file/thumb_1200",
        width=max(1, round(card.width * scale)),
        height=max(1, round(card.height * scale)),
    )

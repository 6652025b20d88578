"""What the served HTML of a picture's page says in its head, and whether there is such a page for the asker."""

from uuid import UUID

from starlette.requests import Request

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.errors import NotFound
from clonegallery.images import service
from clonegallery.images.schemas import ImageDetail
from clonegallery.settings import get_settings
from clonegallery.ui import routes
from clonegallery.ui.pages.image_view import sources
from clonegallery.ui.session import viewer_for_cookies
from clonegallery.ui.shell import Head, SharedPicture, shorten

_GENERIC = Head("CloneGallery")
_SHARED_EDGE = 1200


async def head_of_image(request: Request) -> tuple[int, Head]:
    """The status and head for this request: 404 and nothing told where the asker may not see the picture.

    Only what a stranger with the link may know is told, whoever asks: the same address may be unfolded by a messenger.
    """
    try:
        image_id = UUID(request.path_params["image_id"])
    except ValueError:
        return 404, _GENERIC
    if detail := await _detail(ANONYMOUS, image_id):
        return 200, Head(
            f"{detail.title} · CloneGallery", shared_picture(detail, get_settings().origin), sources(detail)
        )
    viewer = await viewer_for_cookies(request.headers.get("cookie", ""))
    if viewer.is_signed_in and (detail := await _detail(viewer, image_id)):
        return 200, Head(_GENERIC.title, preload=sources(detail))
    return 404, _GENERIC


async def _detail(viewer: Viewer, image_id: UUID) -> ImageDetail | None:
    try:
        return await service.detail(viewer, image_id)
    except NotFound:
        return None


def shared_picture(detail: ImageDetail, origin: str) -> SharedPicture | None:
    """What a link to the picture unfolds to, or None while there is no copy of it to show."""
    if detail.status != "ready":
        return None
    scale = min(1.0, _SHARED_EDGE / max(detail.width, detail.height))
    return SharedPicture(
        title=detail.title,
        description=shorten(detail.caption or f"A picture by {detail.owner.username}."),
        page_url=origin + routes.image(str(detail.id)),
        image_url=f"{origin}/api/v1/images/{detail.id}/file/thumb_1200",
        width=max(1, round(detail.width * scale)),
        height=max(1, round(detail.height * scale)),
    )

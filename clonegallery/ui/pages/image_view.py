"""One picture as its page shows it: text ready to read, nothing left to decide in the browser."""

from dataclasses import dataclass, field

from clonegallery.images.schemas import ImageDetail
from clonegallery.ui import photograph, routes
from clonegallery.ui.pages.image_made_view import MadeView, made_view

_DRAWN = ("thumb_600", "thumb_1200")
_VISIBILITY = {"public": "Public", "unlisted": "Unlisted: only by its link", "private": "Private: only you"}


@dataclass(frozen=True)
class Fact:
    """One line of the panel; with an address its value is a link."""

    label: str = ""
    value: str = ""
    href: str = ""


@dataclass(frozen=True)
class PictureView:
    """What the page draws. Addresses are relative to the site, sizes in pixels of the upright picture."""

    id: str = ""
    title: str = ""
    caption: str = ""
    status: str = ""
    error: str = ""
    visibility: str = ""
    visibility_label: str = ""
    width: int = 1
    height: int = 1
    color: str = ""
    small: str = ""
    large: str = ""
    sources: str = ""
    settings: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    tag_text: str = ""
    in_trash: bool = False
    liked: bool = False
    likes: int = 0
    can_like: bool = False
    sign_in: str = ""
    can_edit: bool = False
    can_delete: bool = False
    can_restore: bool = False
    original_url: str = ""
    made: MadeView = field(default_factory=MadeView)
    begin_from: str = ""


def picture_view(detail: ImageDetail) -> PictureView:
    """`detail` as the asker whom it was made for may see it."""
    allowed = set(detail.permissions)
    return PictureView(
        id=str(detail.id),
        title=detail.title,
        caption=detail.caption,
        status=detail.status,
        error=detail.error or "",
        visibility=detail.visibility,
        visibility_label=_VISIBILITY[detail.visibility],
        width=detail.width,
        height=detail.height,
        color=detail.dominant_color or "",
        small=detail.urls.thumb_300 or "",
        large=detail.urls.thumb_1200 or "",
        sources=sources(detail),
        settings=_settings(detail),
        facts=[fact for fact in _facts(detail) if fact.value],
        tags=list(detail.tags),
        tag_text=", ".join(detail.tags),
        in_trash=detail.deleted_at is not None,
        liked=detail.liked,
        likes=detail.likes,
        can_like="like" in allowed,
        sign_in=routes.sign_in(routes.image(str(detail.id))),
        can_edit="edit" in allowed,
        can_delete="delete" in allowed and detail.deleted_at is None,
        can_restore="restore" in allowed,
        original_url=detail.download_url or "",
        made=made_view(detail),
        begin_from=_begin_from(detail),
    )


def _begin_from(detail: ImageDetail) -> str:
    """Where one makes another picture from this one; an empty text while there is nothing to begin from."""
    is_there = detail.status == "ready" and detail.deleted_at is None
    return routes.create_beginning(str(detail.id)) if is_there else ""


def sources(detail: ImageDetail) -> str:
    """The `srcset` of the copies that fit a page, or an empty text until they are made.

    Widths are what they are in pixels: the copies' names tell the longest edge, which upright pictures have in height.
    """
    made = {str(copy.variant): copy for copy in detail.derivatives}
    return ", ".join(f"{made[name].url} {made[name].width}w" for name in _DRAWN if name in made)


def _settings(detail: ImageDetail) -> list[str]:
    shown = (
        photograph.aperture(detail.aperture),
        photograph.exposure(detail.exposure),
        photograph.iso(detail.iso),
        photograph.focal_length(detail.focal_length),
    )
    return [value for value in shown if value]


def _facts(detail: ImageDetail) -> list[Fact]:
    place = photograph.position(detail.gps.latitude, detail.gps.longitude) if detail.gps else ""
    file = (detail.original_filename, photograph.file_size(detail.byte_size))
    return [
        Fact("Taken", photograph.taken(detail.taken_at, detail.taken_at_offset_minutes)),
        Fact("Camera", photograph.camera(detail.camera_make, detail.camera_model)),
        Fact("Lens", detail.lens or ""),
        Fact("Position", place),
        Fact("Dimensions", photograph.dimensions(detail.width, detail.height)),
        Fact("File", " · ".join(part for part in file if part)),
        Fact("By", detail.owner.username, href=routes.profile(detail.owner.username)),
        Fact("Added", photograph.day(detail.created_at)),
        Fact("Seen", photograph.count(detail.views, "time", "times")),
    ]

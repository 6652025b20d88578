"""A picture with everything about it that this viewer may know."""

import re
from typing import Any

from clonegallery.accounts.schemas import Viewer
from clonegallery.images.cards import card
from clonegallery.images.repository.rows import Whole
from clonegallery.images.rights import actions, is_public, may_download, may_see, owns
from clonegallery.images.schemas import Action, DerivativeRead, GenerationOf, Gps, ImageDetail
from clonegallery.models.account import Role
from clonegallery.storage.urls import public_url, signed_url

# What strangers may read of a camera's notes: an allow-list, because nobody knows every tag that names a person, a
# place or a serial number.
_HARMLESS = re.compile(
    r"(?:Image|EXIF) (?:Make|Model|Orientation|XResolution|YResolution|ResolutionUnit|Software|DateTime"
    r"|DateTimeOriginal|DateTimeDigitized|OffsetTime(?:Original|Digitized)?|SubSecTime(?:Original|Digitized)?"
    r"|ExposureTime|FNumber|ExposureProgram|ISOSpeedRatings|ISOSpeed|SensitivityType|ExifVersion|ShutterSpeedValue"
    r"|ApertureValue|BrightnessValue|ExposureBiasValue|MaxApertureValue|SubjectDistance|MeteringMode|LightSource|Flash"
    r"|FocalLength|FocalLengthIn35mmFilm|ColorSpace|ExifImageWidth|ExifImageLength|SensingMethod|SceneCaptureType"
    r"|ExposureMode|WhiteBalance|DigitalZoomRatio|GainControl|Contrast|Saturation|Sharpness|LensMake|LensModel"
    r"|LensSpecification|CompositeImage|CustomRendered|YCbCrPositioning|ImageWidth|ImageLength|BitsPerSample)"
)


def detail_of(viewer: Viewer, whole: Whole) -> ImageDetail:
    """The detail as this viewer may read it: positions, serial numbers and comments are for owner and Admins alone."""
    row = whole.row
    private = owns(viewer, row) or viewer.role == Role.ADMIN
    return ImageDetail.model_validate(
        {
            **row._mapping,
            **card(row, {copy.variant: copy.storage_key for copy in whole.copies}),
            "error": row.error if owns(viewer, row) else None,
            "original_filename": row.original_filename if private else "",
            "tags": whole.tags,
            "gps": _gps(row) if private else None,
            "generation": _generation(whole, private=private),
            "parent_id": row.parent_id if whole.parent is not None and may_see(viewer, whole.parent) else None,
            "exif": row.exif if private else shareable_exif(row.exif),
            "derivatives": _derivatives(whole),
            "permissions": actions(viewer, row),
            "download_url": _download_url(viewer, row),
        }
    )


def shareable_exif(exif: dict[str, Any]) -> dict[str, Any]:
    """What of a picture's EXIF strangers may read."""
    return {name: value for name, value in exif.items() if _HARMLESS.fullmatch(name)}


def _gps(row: Any) -> Gps | None:
    if row.gps_latitude is None:
        return None
    return Gps(latitude=row.gps_latitude, longitude=row.gps_longitude)


def _generation(whole: Whole, *, private: bool) -> GenerationOf | None:
    """Whoever sees a picture may make one like it; what it took and cost is its owner's business."""
    if whole.used is None:
        return None
    own = {"id": whole.used.generation_id} if private else {"id": None, "seconds": None, "cost": None}
    return GenerationOf.model_validate({**whole.used._mapping, **own})


def _derivatives(whole: Whole) -> list[DerivativeRead]:
    address = public_url if is_public(whole.row) else signed_url
    return [
        DerivativeRead(
            variant=copy.variant,
            width=copy.width,
            height=copy.height,
            byte_size=copy.byte_size,
            url=address(copy.storage_key),
        )
        for copy in whole.copies
    ]


def _download_url(viewer: Viewer, row: Any) -> str | None:
    allowed = may_download(viewer, row) and Action.DOWNLOAD_ORIGINAL in actions(viewer, row)
    return f"/api/v1/images/{row.id}/file/original" if allowed else None

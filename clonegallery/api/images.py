"""Pictures over HTTP: sending, listing, reading, changing and deleting them. Bytes are in `media.py`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.api.blobs import blob_response
from clonegallery.api.deps import CurrentViewer, WritingViewer, require_permission
from clonegallery.api.multipart import Fields, receive
from clonegallery.api.openapi import problem_responses
from clonegallery.errors import FieldError, Invalid
from clonegallery.images import service
from clonegallery.images.quarantine import quarantine
from clonegallery.images.schemas import (
    FileVariant,
    Filters,
    ImageDetail,
    ImageUpdate,
    Neighbours,
    Rating,
    Sort,
    UploadFields,
    Visibility,
)

router = APIRouter(prefix="/api/v1/images", tags=["images"])

_ONE = "/{image_id:uuid}"
_JSON = "application/json"
_VISIBILITY = "Left out, it is the account's `default_visibility`, which begins as private."
_UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "title": {"type": "string", "maxLength": 255},
                        "caption": {"type": "string", "maxLength": 5000},
                        "tags": {"type": "string", "description": "Separated by commas, or repeated."},
                        "visibility": {"type": "string", "enum": list(Visibility), "description": _VISIBILITY},
                        "rating": {"type": "string", "enum": list(Rating), "default": Rating.GENERAL},
                    },
                }
            }
        },
    }
}


class NeighbourQuery(Filters):
    """The filters and the order of the feed in which the picture stands."""

    sort: Sort | None = None


class DeleteQuery(BaseModel):
    """`permanent` removes the picture and its bytes instead of putting it into the trash."""

    model_config = ConfigDict(extra="forbid")

    permanent: bool = False


@router.post(
    "",
    operation_id="upload_image",
    summary="Send a picture",
    status_code=201,
    response_model=ImageDetail,
    responses={
        200: {"model": ImageDetail, "description": "The same bytes are there already"},
        **problem_responses(409, 413, 415, 422, 429, 507),
    },
    openapi_extra=_UPLOAD_BODY,
)
async def upload_image(
    request: Request,
    viewer: Annotated[Viewer, Depends(require_permission(Permission.UPLOAD))],
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Keep a picture: 201, or 200 with the one that is there when its owner has these bytes already.

    It is `processing` until its smaller copies exist; without a `visibility` it has the `default_visibility` of the
    account. 429 to whoever sends too many within a minute, before the body is read.
    """
    await service.admit_upload(viewer)
    async with quarantine() as place:
        upload, fields = await receive(request, place, _SentFields.model_fields.keys() | {"tags"})
        detail, created = await service.accept_upload(viewer, upload, _upload_fields(fields, idempotency_key))
    headers = {"Location": f"{router.prefix}/{detail.id}"}
    return Response(detail.model_dump_json(), 201 if created else 200, headers, media_type=_JSON)


@router.get(_ONE, operation_id="get_image", summary="One picture", response_model=ImageDetail)
async def get_image(viewer: CurrentViewer, image_id: UUID) -> Response:
    """Everything about a picture that one may know."""
    return _answer(await service.detail(viewer, image_id))


@router.patch(
    _ONE,
    operation_id="update_image",
    summary="Change a picture's words and who may see it",
    response_model=ImageDetail,
)
async def update_image(viewer: WritingViewer, image_id: UUID, changes: ImageUpdate) -> Response:
    """Change the given fields; an unknown field is refused by name."""
    return _answer(await service.update(viewer, image_id, changes))


@router.delete(
    _ONE,
    operation_id="delete_image",
    summary="Put a picture into the trash, or delete it for good",
    status_code=204,
)
async def delete_image(viewer: WritingViewer, image_id: UUID, query: Annotated[DeleteQuery, Query()]) -> Response:
    """The trash keeps a picture for some days; `permanent=true` removes it and its bytes at once."""
    await (service.delete_permanently if query.permanent else service.trash)(viewer, image_id)
    return Response(status_code=204)


@router.post(
    _ONE + "/restore",
    operation_id="restore_image",
    summary="Take a picture out of the trash",
    response_model=ImageDetail,
    responses=problem_responses(409),
)
async def restore_image(viewer: WritingViewer, image_id: UUID) -> Response:
    """409 when its owner has sent the same bytes again since."""
    return _answer(await service.restore(viewer, image_id))


@router.get(_ONE + "/neighbours", operation_id="get_neighbours", summary="The pictures before and after")
async def get_neighbours(
    viewer: CurrentViewer, image_id: UUID, query: Annotated[NeighbourQuery, Query()]
) -> Neighbours:
    """The ids beside a picture in the feed's order."""
    return await service.neighbours(viewer, image_id, query.sort, query)


@router.head(_ONE + "/file/{variant}", include_in_schema=False)
@router.get(
    _ONE + "/file/{variant}",
    operation_id="get_image_file",
    summary="A picture's bytes",
    response_class=Response,
    responses=problem_responses(416),
)
async def get_image_file(request: Request, viewer: CurrentViewer, image_id: UUID, variant: FileVariant) -> Response:
    """The original for its owner and Admins, the copies for whoever may see the picture; ranges and ETags work."""
    return await blob_response(request, await service.file_of(viewer, image_id, variant))


def _answer(detail: ImageDetail) -> Response:
    return Response(detail.model_dump_json(), media_type=_JSON)


class _SentFields(BaseModel):
    title: str | None = None
    caption: str = ""
    visibility: Visibility | None = None
    rating: Rating = Rating.GENERAL


def _upload_fields(fields: Fields, idempotency_key: str | None) -> UploadFields:
    """Tags may be repeated and separated by commas; every other field comes once."""
    tags = tuple(tag for text in fields.pop("tags", []) for tag in text.split(","))
    if twice := [name for name, values in fields.items() if len(values) > 1]:
        raise Invalid(errors=[FieldError(twice[0], "This was sent more than once.")])
    try:
        sent = _SentFields.model_validate({name: values[0] for name, values in fields.items()})
    except ValidationError as error:
        raise Invalid(errors=[FieldError(str(one["loc"][0]), f"{one['msg']}.") for one in error.errors()]) from error
    return UploadFields(**sent.model_dump(), tags=tags, idempotency_key=idempotency_key)

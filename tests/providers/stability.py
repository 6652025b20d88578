"""A small Stability AI: "Stable Image" of its REST API v2beta, and the balance of v1.

It follows the API reference: multipart forms only, `Accept: image/*` for the picture itself with `finish-reason` and
`seed` as headers, errors as `{id, name, errors}`, moderation as 403 `content_moderation` or as a filtered picture.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from tests.providers.paid import Failure, Knobs, has_key, png, refused
from tests.providers.serving import free_port, serving

_RATIOS = {"16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"}
_COMMON = {"prompt", "negative_prompt", "seed", "output_format", "aspect_ratio"}
_FIELDS: Mapping[str, set[str]] = {
    "core": _COMMON | {"style_preset"},
    "ultra": _COMMON | {"style_preset", "image", "strength"},
    "sd3": _COMMON | {"style_preset", "image", "strength", "model", "mode", "cfg_scale"},
}
_SD3_MODELS = {"sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "sd3.5-flash"}


class StabilityService:
    """Stability AI at `url`. `paid` counts the pictures that were charged, `asked` holds the forms of those calls."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.knobs = Knobs(picture=png())
        self.filters = False
        self.paid = 0
        self.asked: list[dict[str, Any]] = []

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/v1/user/balance")(self.balance)
        app.post("/v2beta/stable-image/generate/{endpoint}")(self.generate)
        return app

    async def balance(self, request: Request) -> Response:
        if not has_key(request):
            return _error(Failure(401, "missing or invalid api key", "unauthorized"))
        if failure := self.knobs.failure():
            return _error(failure)
        return JSONResponse({"credits": 12.5})

    async def generate(self, endpoint: str, request: Request) -> Response:
        if not has_key(request):
            return _error(Failure(401, "missing or invalid api key", "unauthorized"))
        form = await _form(request)
        if wrong := _wrong(endpoint, request, form):
            return _error(Failure(400, wrong, "bad_request"))
        if failure := self.knobs.failure():
            return _error(failure)
        self.asked.append({"endpoint": endpoint, **form})
        self.paid += 1
        await asyncio.sleep(self.knobs.slow_seconds)
        seed = form.get("seed", "0")
        told = {
            "finish-reason": "CONTENT_FILTERED" if self.filters else "SUCCESS",
            "seed": "777" if seed == "0" else seed,
        }
        return Response(self.knobs.picture, media_type="image/png", headers=told)


@contextmanager
def stability() -> Iterator[StabilityService]:
    """A Stability AI that answers over HTTP while the block lasts."""
    port = free_port()
    service = StabilityService(port)
    with serving(service.app(), port):
        yield service


def _error(failure: Failure) -> Response:
    return refused(failure, {"id": "2c5a8d", "name": failure.code, "errors": [failure.words]})


async def _form(request: Request) -> dict[str, Any]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return {}
    form = await request.form()
    return {name: await part.read() if isinstance(part, UploadFile) else part for name, part in form.items()}


def _wrong(endpoint: str, request: Request, form: dict[str, Any]) -> str:
    """What the documentation forbids about this request."""
    if request.headers.get("accept") not in ("image/*", "application/json"):
        return "accept: must be either 'image/*' or 'application/json'"
    if endpoint not in _FIELDS or (unknown := form.keys() - _FIELDS[endpoint]):
        return f"unexpected: {endpoint} {unknown}"
    if not 0 < len(form.get("prompt", "")) <= 10_000:
        return "prompt: must be 1 to 10000 characters"
    if not 0 <= int(form.get("seed", "0")) <= 4_294_967_294 or not 1 <= float(form.get("cfg_scale", "1")) <= 10:
        return "seed or cfg_scale: out of range"
    if form.get("output_format") not in ("png", "jpeg", "webp") or form.get("model", "sd3.5-large") not in _SD3_MODELS:
        return "output_format or model: unknown"
    return _wrong_picture(endpoint, form)


def _wrong_picture(endpoint: str, form: dict[str, Any]) -> str:
    if "image" not in form:
        return "" if form.get("aspect_ratio") in _RATIOS and "strength" not in form else "aspect_ratio: unknown"
    if not isinstance(form["image"], bytes) or not form["image"].startswith(b"\x89PNG"):
        return "image: not a picture"
    if "strength" not in form or not 0 <= float(form["strength"]) <= 1:
        return "strength: required with an image"
    if endpoint == "sd3" and (form.get("mode") != "image-to-image" or "aspect_ratio" in form):
        return "mode: image-to-image, without an aspect_ratio"
    return ""

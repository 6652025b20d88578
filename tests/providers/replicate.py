"""A small Replicate: predictions by official models and by versions, files, the account, and where outputs lie.

It follows the HTTP API's reference: bearer tokens, 201 for a prediction that has begun, problems as `{title, detail,
status}`, `logs` that grow while a prediction is processing, `canceled` after its cancel route, and outputs that are
delivered to anybody who has their address, without a token.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from tests.providers.paid import Failure, Knobs, has_key, png, refused
from tests.providers.serving import free_port, serving

VERSION = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
_OFFICIAL = {"black-forest-labs/flux-schnell", "black-forest-labs/flux-dev"}
_NUMBERS = {"width", "height", "num_inference_steps", "seed", "guidance", "guidance_scale", "prompt_strength"}
_TEXTS = {"prompt", "negative_prompt", "scheduler", "aspect_ratio", "output_format", "image"}


@dataclass
class Running:
    """A prediction; every look at it is a step."""

    id: str
    model: str
    version: str
    wanted: dict[str, Any]
    status: str = "starting"
    step: int = 0


@dataclass
class ReplicateKnobs(Knobs):
    """`steps` looks until a prediction is done, `error` is what it fails with, `output` what it ends with instead.

    `looks_fail` are what the next looks at a prediction get, `downloads_fail` what the next downloads get; `cancels`
    is false where nobody at Replicate listens to cancels.
    """

    steps: int = 2
    error: str = ""
    output: Any = None
    id: str = ""
    looks_fail: list[Failure] = field(default_factory=list)
    downloads_fail: list[Failure] = field(default_factory=list)


class ReplicateService:
    """Replicate at `url`. `paid` counts the predictions that succeeded, `created` holds all that were begun."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.knobs = ReplicateKnobs(picture=png())
        self.created: list[Running] = []
        self.cancelled: list[str] = []
        self.uploaded: list[bytes] = []
        self.paid = 0

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/v1/account")(self.account)
        app.post("/v1/files")(self.files)
        app.post("/v1/models/{owner}/{name}/predictions")(self.create_official)
        app.post("/v1/predictions")(self.create_version)
        app.get("/v1/predictions/{id}")(self.look)
        app.post("/v1/predictions/{id}/cancel")(self.cancel)
        app.get("/delivery/{name}")(self.deliver)
        return app

    async def account(self, request: Request) -> Response:
        if not has_key(request):
            return _error(_BAD_KEY)
        if failure := self.knobs.failure():
            return _error(failure)
        return JSONResponse({"type": "user", "username": "ada", "name": "Ada", "github_url": None})

    async def files(self, request: Request) -> Response:
        content = (await request.form()).get("content")
        if not has_key(request) or not isinstance(content, UploadFile) or content.content_type != "image/png":
            return _error(Failure(400, "content: a file is required"))
        self.uploaded.append(await content.read())
        address = f"{self.url}/v1/files/f{len(self.uploaded)}"
        when = {"created_at": "2026-11-20T10:00:00.000Z", "expires_at": "2026-11-21T10:00:00.000Z"}
        told = {"id": "f1", "name": content.filename, "content_type": "image/png", "size": content.size or 0}
        return JSONResponse(
            {**told, **when, "etag": "e", "checksums": {}, "metadata": {}, "urls": {"get": address}}, 201
        )

    async def create_official(self, owner: str, name: str, request: Request) -> Response:
        if f"{owner}/{name}" not in _OFFICIAL:
            return _error(Failure(404, "The requested resource could not be found.", "Not found"))
        return await self._create(request, f"{owner}/{name}", "hidden")

    async def create_version(self, request: Request) -> Response:
        if (await request.json()).get("version") != VERSION:
            return _error(Failure(422, "The specified version does not exist.", "Invalid version or not permitted"))
        return await self._create(request, "stability-ai/sdxl", VERSION)

    async def _create(self, request: Request, model: str, version: str) -> Response:
        if not has_key(request):
            return _error(_BAD_KEY)
        wanted = (await request.json()).get("input")
        if wrong := _wrong(wanted):
            return _error(Failure(422, wrong, "Input validation failed"))
        if failure := self.knobs.failure():
            return _error(failure)
        begun = Running(self.knobs.id or f"p{len(self.created)}xyz", model, version, wanted)
        self.created.append(begun)
        await asyncio.sleep(self.knobs.slow_seconds)
        return JSONResponse(self._told(begun), 201)

    async def look(self, id: str, request: Request) -> Response:  # noqa: A002 The path names it so.
        begun = self._found(id)
        if not has_key(request) or begun is None:
            return _error(Failure(404, "The requested resource could not be found.", "Not found"))
        if self.knobs.looks_fail:
            return _error(self.knobs.looks_fail.pop(0))
        if begun.status in ("starting", "processing"):
            self._advance(begun)
        return JSONResponse(self._told(begun))

    def _advance(self, begun: Running) -> None:
        begun.step += 1
        begun.status = "processing"
        if begun.step > self.knobs.steps:
            begun.status = "failed" if self.knobs.error else "succeeded"
            self.paid += begun.status == "succeeded"

    async def cancel(self, id: str, request: Request) -> Response:  # noqa: A002 As above.
        begun = self._found(id)
        if not has_key(request) or begun is None:
            return _error(Failure(404, "The requested resource could not be found.", "Not found"))
        self.cancelled.append(id)
        begun.status = "canceled"
        return JSONResponse(self._told(begun))

    async def deliver(self, name: str, request: Request) -> Response:
        if "authorization" in request.headers:
            return _error(Failure(400, "Outputs are public: nobody should send a token here."))
        if self.knobs.downloads_fail:
            return _error(self.knobs.downloads_fail.pop(0))
        if name == "moved":
            return Response(status_code=302, headers={"Location": "/delivery/out.png"})
        if name == "astray":
            return Response(status_code=302, headers={"Location": "http://10.0.0.1/out.png"})
        return Response(self.knobs.picture, media_type="image/png")

    def _found(self, prediction_id: str) -> Running | None:
        return next((one for one in self.created if one.id == prediction_id), None)

    def _told(self, begun: Running) -> dict[str, Any]:
        output = None
        if begun.status == "succeeded":
            output = [f"{self.url}/delivery/out.png"] if self.knobs.output is None else self.knobs.output
        bar = f" {50 * begun.step}%|█████     | {begun.step}/{self.knobs.steps} [00:01<00:01,  1.0s/it]\n"
        return {
            "id": begun.id,
            "model": begun.model,
            "version": begun.version,
            "status": begun.status,
            "input": begun.wanted,
            "output": output,
            "error": self.knobs.error or None if begun.status == "failed" else None,
            "logs": f"Using seed: 5\n{bar}" if 0 < begun.step <= self.knobs.steps else "",
            "created_at": "2026-11-20T10:00:00.000Z",
            "urls": {"get": f"{self.url}/v1/predictions/{begun.id}"},
        }


@contextmanager
def replicate() -> Iterator[ReplicateService]:
    """A Replicate that answers over HTTP while the block lasts."""
    port = free_port()
    service = ReplicateService(port)
    with serving(service.app(), port):
        yield service


_BAD_KEY = Failure(401, "You did not pass a valid authentication token", "Unauthenticated")


def _error(failure: Failure) -> Response:
    return refused(failure, {"title": failure.code, "detail": failure.words, "status": failure.status})


def _wrong(wanted: Any) -> str:
    if not isinstance(wanted, dict) or not wanted.get("prompt"):
        return "- input: prompt is required"
    if unknown := wanted.keys() - _NUMBERS - _TEXTS:
        return f"- input: Additional property {sorted(unknown)[0]} is not allowed"
    wrong = [name for name in _NUMBERS & wanted.keys() if not isinstance(wanted[name], int | float)]
    wrong += [name for name in _TEXTS & wanted.keys() if not isinstance(wanted[name], str)]
    return f"- input.{wrong[0]}: Invalid type" if wrong else ""

"""A small OpenAI: the Images API (generations as JSON, edits as multipart, both as a stream too) and the model list.

It follows the API reference: GPT image models answer in base64 whatever is asked and refuse `response_format`, only
they stream, errors are `{"error": {message, type, param, code}}`, and a stream is of server-sent events.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.datastructures import UploadFile

from tests.providers.paid import Failure, Knobs, has_key, png, refused
from tests.providers.serving import free_port, serving

_STANDARD = {"1024x1024", "1536x1024", "1024x1536"}
_SIZES: Mapping[str, set[str]] = {
    "gpt-image-1-mini": _STANDARD,
    "gpt-image-1.5": _STANDARD,
    "gpt-image-2.6-flare": _STANDARD | {"2048x1152", "3840x2160"},
    "dall-e-3": {"1024x1024", "1792x1024", "1024x1792"},
    "dall-e-2": {"256x256", "512x512", "1024x1024"},
}
_FIELDS = {"model", "prompt", "n", "size", "quality"}
_USAGE = {
    "total_tokens": 1100,
    "input_tokens": 50,
    "output_tokens": 1050,
    "input_tokens_details": {"text_tokens": 50, "image_tokens": 0},
}


class OpenAIService:
    """OpenAI at `url`. `paid` counts the pictures that were charged, `asked` holds the fields of those calls.

    `partial_images` limits how many previews really come; `breaks` ends the stream of a picture without the picture,
    `stream_error` with an error; `answer` replaces what a call without a stream answers.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self.knobs = Knobs(picture=png())
        self.partial_images = 3
        self.breaks = False
        self.stream_error: dict[str, Any] | None = None
        self.answer: Response | None = None
        self.paid = 0
        self.asked: list[dict[str, Any]] = []

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/v1/models")(self.models)
        app.post("/v1/images/generations")(self.generations)
        app.post("/v1/images/edits")(self.edits)
        return app

    async def models(self, request: Request) -> Response:
        if not has_key(request):
            return _error(_BAD_KEY)
        if failure := self.knobs.failure():
            return _error(failure)
        return JSONResponse({"object": "list", "data": [{"id": name, "object": "model"} for name in _SIZES]})

    async def generations(self, request: Request) -> Response:
        return await self._made(request, await request.json(), "image_generation")

    async def edits(self, request: Request) -> Response:
        form = await request.form()
        fields: dict[str, Any]
        fields = {name: await part.read() if isinstance(part, UploadFile) else part for name, part in form.items()}
        for number in ("n", "partial_images"):
            fields[number] = int(fields[number])
        fields["stream"] = fields.get("stream") == "true"
        if not isinstance(fields.get("image"), bytes) or not fields["image"].startswith(b"\x89PNG"):
            return _error(Failure(400, "Invalid image.", "invalid_image"))
        return await self._made(request, fields, "image_edit")

    async def _made(self, request: Request, fields: dict[str, Any], kind: str) -> Response:
        if not has_key(request):
            return _error(_BAD_KEY)
        if wrong := _wrong(fields, kind):
            return _error(Failure(400, wrong, "invalid_value"))
        if failure := self.knobs.failure():
            return _error(failure)
        self.asked.append(fields)
        self.paid += 1
        await asyncio.sleep(self.knobs.slow_seconds)
        b64 = base64.b64encode(self.knobs.picture).decode()
        if fields.get("stream"):
            return StreamingResponse(self._events(kind, b64, fields["partial_images"]), media_type="text/event-stream")
        return self.answer or JSONResponse({"created": 1, "data": [{"b64_json": b64, "revised_prompt": "A castle"}]})

    async def _events(self, kind: str, b64: str, partial_images: int) -> AsyncIterator[str]:
        about = {
            "created_at": 1,
            "size": "1024x1024",
            "quality": "medium",
            "background": "opaque",
            "output_format": "png",
        }
        for index in range(min(partial_images, self.partial_images)):
            preview = base64.b64encode(png(seed=100 + index)).decode()
            yield _event(f"{kind}.partial_image", partial_image_index=index, b64_json=preview, **about)
        if self.stream_error:
            yield f"event: error\ndata: {json.dumps({'error': self.stream_error})}\n\n"
        elif not self.breaks:
            yield _event(f"{kind}.completed", b64_json=b64, usage=_USAGE, **about)


@contextmanager
def openai_images() -> Iterator[OpenAIService]:
    """An OpenAI that answers over HTTP while the block lasts."""
    port = free_port()
    service = OpenAIService(port)
    with serving(service.app(), port):
        yield service


_BAD_KEY = Failure(401, "Incorrect API key provided: sk-test-***5z.", "invalid_api_key")


def _error(failure: Failure) -> Response:
    kind = "server_error" if failure.status >= 500 else "invalid_request_error"
    told = {"message": failure.words, "type": kind, "param": None, "code": failure.code}
    return refused(failure, {"error": told})


def _event(kind: str, **told: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **told})}\n\n"


def _wrong(fields: dict[str, Any], kind: str) -> str:
    """What the documentation forbids about this request."""
    model = fields.get("model", "")
    is_gpt = model.startswith("gpt-image")
    allowed = _FIELDS | ({"output_format", "stream", "partial_images"} if is_gpt else {"response_format", "style"})
    if unknown := fields.keys() - allowed - ({"image"} if kind == "image_edit" else set()):
        return f"Unknown parameter: {sorted(unknown)[0]!r}."
    if model not in _SIZES or fields.get("size") not in _SIZES[model]:
        return f"The size {fields.get('size')!r} is not supported by the model {model!r}."
    if not isinstance(fields.get("prompt"), str) or not fields["prompt"] or fields.get("n") != 1:
        return "'prompt' must be a text, and one picture is enough."
    if fields.get("stream") and not 0 <= fields.get("partial_images", 0) <= 3:
        return "'partial_images' must be 0 to 3."
    return ""

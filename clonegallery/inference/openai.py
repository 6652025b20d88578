"""OpenAI's Images API, by its own client: GPT image models, which show the picture while it forms, and DALL·E."""

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
from openai import APIError, AsyncOpenAI, AsyncStream, BaseModel

from clonegallery.errors import GenerationFailed
from clonegallery.inference.catalogue_remote import is_gpt_image, models_of
from clonegallery.inference.port import GenerationSpec, Made, Model, Provider, Reach, Watcher
from clonegallery.inference.prices import Tokens, price_of
from clonegallery.inference.reaching import reach
from clonegallery.inference.remote import one_by_one, retried, unless_cancelled
from clonegallery.inference.results import NO_PICTURE, from_base64, preview_of, whole_picture
from clonegallery.inference.services import service_of
from clonegallery.inference.wire import NoAnswer, ProviderAnswer, Wire, code_of, words_of
from clonegallery.settings import Settings

# Each is billed as 100 more tokens of output; two are enough to see where a picture is going.
_PREVIEWS = 2
_STEPS = _PREVIEWS + 1
_MAX_HEAD_BYTES = 64 << 10


class OpenAI:
    """Pictures by OpenAI, which takes no seed and no negative prompt."""

    provider = Provider.OPENAI

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._service = service_of(self.provider, settings)

    async def generate(self, spec: GenerationSpec, watcher: Watcher) -> AsyncIterator[Made]:
        """See `ImageGenerator.generate`."""

        async def ask(position: int) -> Made:
            return await self._picture(spec, position, watcher)

        async for made in one_by_one(spec, watcher, self._service, ask):
            yield made

    async def reach(self) -> Reach:
        """See `ImageGenerator.reach`."""
        return await reach(self._service)

    def models(self) -> Sequence[Model]:
        """See `ImageGenerator.models`."""
        return models_of(self.provider, self._settings)

    async def _picture(self, spec: GenerationSpec, position: int, watcher: Watcher) -> Made:
        begun = time.monotonic()
        answer = await retried(
            lambda: unless_cancelled(self._ask(spec, position, watcher), watcher),
            self._service,
            watcher,
            retries=self._settings.ai_retries,
            seconds=self._settings.ai_seconds,
            paid=True,
        )
        return Made(
            position=position,
            content=await whole_picture(from_base64(answer.get("b64_json"), self._settings.ai_max_bytes)),
            provider=self.provider,
            model=spec.model.id,
            seconds=time.monotonic() - begun,
            cost=price_of(self._settings, self.provider, spec.model.id, _tokens(answer.get("usage"))),
        )

    async def _ask(self, spec: GenerationSpec, position: int, watcher: Watcher) -> dict[str, Any]:
        streams = is_gpt_image(spec.model.id)
        most = self._settings.ai_max_bytes * 4 // 3 * (_STEPS if streams else 1) + _MAX_HEAD_BYTES
        async with httpx.AsyncClient(transport=Wire(most)) as http:
            client = AsyncOpenAI(
                api_key=self._service.key,
                base_url=self._service.url,
                max_retries=0,  # We are the patient ones.
                timeout=httpx.Timeout(None, connect=10.0),  # type: ignore[arg-type] # Both httpx and httpx2 will do.
                http_client=http,  # type: ignore[arg-type] # As above.
            )
            try:
                return await (_streamed(client, spec, position, watcher) if streams else _whole(client, spec))
            except APIError as error:
                raise _as_answer(error) from None
            except ValueError:
                raise GenerationFailed(NO_PICTURE) from None  # An answer, or an event of one, that is no JSON.


async def _streamed(client: AsyncOpenAI, spec: GenerationSpec, position: int, watcher: Watcher) -> dict[str, Any]:
    """The event that completes the picture; those before it are shown to the watcher."""
    step = 0
    async with await _begun(client, spec) as events:
        async for event in events:
            told = _fields(event)
            if str(told.get("type")).endswith(".completed"):
                return told
            if preview := await preview_of(str(told.get("b64_json", ""))):
                step = min(step + 1, _PREVIEWS)
                await watcher.step(position * _STEPS + step, spec.count * _STEPS, preview)
    raise NoAnswer(sent=True, begun=True)


async def _begun(client: AsyncOpenAI, spec: GenerationSpec) -> AsyncStream[Any]:
    if spec.init_image is None:
        return await client.images.generate(
            model=spec.model.id,
            prompt=spec.prompt,
            size=_size(spec),
            n=1,
            output_format="png",
            partial_images=_PREVIEWS,
            stream=True,
        )
    return await client.images.edit(
        image=("image.png", spec.init_image, "image/png"),
        model=spec.model.id,
        prompt=spec.prompt,
        size=_size(spec),
        n=1,
        output_format="png",
        partial_images=_PREVIEWS,
        stream=True,
    )


async def _whole(client: AsyncOpenAI, spec: GenerationSpec) -> dict[str, Any]:
    response = await client.images.generate(
        model=spec.model.id, prompt=spec.prompt, size=_size(spec), n=1, response_format="b64_json"
    )
    data = _fields(response).get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}


def _size(spec: GenerationSpec) -> str:
    return f"{spec.width}x{spec.height}"


def _fields(answer: object) -> dict[str, Any]:
    """The fields of an answer. The client checks nothing: what is no object comes through as whatever it is."""
    return answer.to_dict(mode="json") if isinstance(answer, BaseModel) else {}


def _tokens(usage: object) -> Tokens | None:
    match usage:
        case {
            "input_tokens_details": {"text_tokens": int(text_in), "image_tokens": int(image_in)},
            "output_tokens": int(image_out),
        }:
            return Tokens(text_in, image_in, image_out)
    return None


def _as_answer(error: APIError) -> ProviderAnswer:
    """An error that came within a stream, where no status can tell any more whose fault it is."""
    told = error.body if isinstance(error.body, dict) else {}
    is_theirs = "server_error" in (told.get("type"), told.get("code"))
    return ProviderAnswer(500 if is_theirs else 400, words_of(told) or error.message, code_of(told))

"""What a picture costs, in US dollars: the operator's own figures first, then the ones below."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from clonegallery.inference.port import Provider
from clonegallery.settings import Settings

_PER_IMAGE: Mapping[str, Decimal] = MappingProxyType(
    {
        # https://replicate.com/pricing, read in October 2026; flux-schnell is listed as $3.00 a thousand images.
        "replicate/black-forest-labs/flux-schnell": Decimal("0.003"),
        "replicate/black-forest-labs/flux-dev": Decimal("0.025"),
        "replicate/black-forest-labs/flux-1.1-pro": Decimal("0.04"),
        # https://platform.stability.ai/pricing: 3, 8, 6.5, 4, 3.5 and 2.5 credits, of which 1,000 cost $10.
        "stability/core": Decimal("0.03"),
        "stability/ultra": Decimal("0.08"),
        "stability/sd3.5-large": Decimal("0.065"),
        "stability/sd3.5-large-turbo": Decimal("0.04"),
        "stability/sd3.5-medium": Decimal("0.035"),
        "stability/sd3.5-flash": Decimal("0.025"),
        # https://platform.openai.com/docs/pricing as it was until these models were retired in 2026: quality standard,
        # the square size. Services that speak OpenAI's protocol may still offer them.
        "openai/dall-e-3": Decimal("0.04"),
        "openai/dall-e-2": Decimal("0.02"),
    }
)


@dataclass(frozen=True, slots=True)
class TokenRates:
    """US dollars per million tokens: of the prompt's text, of the pictures sent along, and of the picture made."""

    text_in: Decimal
    image_in: Decimal
    image_out: Decimal


# https://developers.openai.com/api/docs/pricing#image-generation, as of November 2026.
_GPT_IMAGE_2 = TokenRates(Decimal(5), Decimal(8), Decimal(30))
_PER_TOKEN: Mapping[str, TokenRates] = MappingProxyType(
    {
        "gpt-image-2.6-flare": _GPT_IMAGE_2,
        "gpt-image-2.6-sunburst": _GPT_IMAGE_2,
        "gpt-image-2.5-flare": _GPT_IMAGE_2,
        "gpt-image-2.5-sunburst": _GPT_IMAGE_2,
        "gpt-image-2": _GPT_IMAGE_2,
        "gpt-image-1.5": TokenRates(Decimal(5), Decimal(8), Decimal(32)),
        "gpt-image-1": TokenRates(Decimal(5), Decimal(10), Decimal(40)),
        "gpt-image-1-mini": TokenRates(Decimal(2), Decimal("2.5"), Decimal(8)),
    }
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a picture took, as OpenAI counts it."""

    text_in: int
    image_in: int
    image_out: int


def price_of(settings: Settings, provider: Provider, model: str, tokens: Tokens | None = None) -> Decimal | None:
    """What one picture of `model` costs, or None where nobody knows.

    `AI_PRICES` is keyed `provider/model`, where a Replicate model may be named without its version and an OpenAI model
    without its date. Without an entry there, `tokens` tell the price of the models that are sold by the token.
    """
    for name in (model, family_of(model)):
        if (own := settings.ai_prices.get(f"{provider}/{name}")) is not None:
            return own
        if tokens and provider is Provider.OPENAI and (rates := _PER_TOKEN.get(name)):
            return _of_tokens(rates, tokens)
        if (listed := _PER_IMAGE.get(f"{provider}/{name}")) is not None:
            return listed
    return None


def family_of(model: str) -> str:
    """A model's name without the version (`owner/name:version`) or the date (`name-2026-09-08`) at its end."""
    name = model.partition(":")[0]
    head, dash, tail = name[:-11], name[-11:-10], name[-10:]
    is_dated = dash == "-" and [part.isdigit() and len(part) for part in tail.split("-")] == [4, 2, 2]
    return head if is_dated else name


def _of_tokens(rates: TokenRates, tokens: Tokens) -> Decimal:
    millionths = rates.text_in * tokens.text_in + rates.image_in * tokens.image_in + rates.image_out * tokens.image_out
    return (millionths / 1_000_000).quantize(Decimal("0.000001"))

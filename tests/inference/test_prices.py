"""Prices: the operator's own first, then the listed ones, by picture or by token; nobody guesses."""

from decimal import Decimal

import pytest

from clonegallery.inference.port import Provider
from clonegallery.inference.prices import Tokens, family_of, price_of
from clonegallery.settings import Settings

_TOKENS = Tokens(text_in=100, image_in=1000, image_out=2000)


@pytest.mark.parametrize(
    ("provider", "model", "price"),
    [
        (Provider.REPLICATE, "black-forest-labs/flux-schnell", "0.003"),
        (Provider.REPLICATE, "black-forest-labs/flux-dev:abc", "0.025"),
        (Provider.STABILITY, "ultra", "0.08"),
        (Provider.OPENAI, "dall-e-3", "0.04"),
        (Provider.REPLICATE, "ada/unknown", None),
        (Provider.OPENAI, "ultra", None),
        (Provider.LOCAL, "dall-e-3", None),
        (Provider.OPENAI, "gpt-image-2", None),
    ],
)
def test_listed_prices(provider: Provider, model: str, price: str | None) -> None:
    assert price_of(Settings(), provider, model) == (None if price is None else Decimal(price))


@pytest.mark.parametrize(
    ("model", "price"),
    [("gpt-image-2.5-flare-2026-09-08", "0.0685"), ("gpt-image-1-mini", "0.0187"), ("dall-e-2", "0.02")],
)
def test_tokens_tell_the_price_of_what_is_sold_by_the_token(model: str, price: str) -> None:
    assert price_of(Settings(), Provider.OPENAI, model, _TOKENS) == Decimal(price)


def test_the_operators_own_price_comes_first() -> None:
    settings = Settings(ai_prices={"openai/gpt-image-2": Decimal("0.5"), "replicate/ada/model": Decimal(0)})
    assert price_of(settings, Provider.OPENAI, "gpt-image-2", _TOKENS) == Decimal("0.5")
    assert price_of(settings, Provider.REPLICATE, "ada/model:v1") == Decimal(0)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("owner/name:version", "owner/name"),
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("gpt-image-1.5", "gpt-image-1.5"),
        ("2026-04-21", "2026-04-21"),
        ("sd3.5-large", "sd3.5-large"),
    ],
)
def test_families_have_neither_version_nor_date(model: str, family: str) -> None:
    assert family_of(model) == family

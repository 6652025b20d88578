"""The settings of everything that makes pictures; a part of `Settings`. Keys never leave the environment."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings


class LocalModel(BaseModel):
    """One model of this machine, as `AI_MODELS` names it (JSON). Sides are pixels."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    id: str = Field(min_length=1, max_length=255, description="A hub id, or a folder in the diffusers layout.")
    name: str = ""
    width: int = Field(default=512, ge=64, le=4096)
    height: int = Field(default=512, ge=64, le=4096)
    max_side: int = Field(default=2048, ge=64, le=8192)
    steps: int = Field(default=20, ge=1, le=500)
    guidance_scale: float = Field(default=7.5, ge=0, le=50)
    licence: str = ""


class GenerationSettings(BaseSettings):
    """Which providers there are, what they are paid, and how much each role may ask for."""

    ai_provider: Literal["auto", "local", "replicate", "openai", "stability", "none"] = "auto"
    ai_fallback: bool = False
    ai_model: str = ""
    ai_models: list[LocalModel] = []
    ai_device: Literal["auto", "cpu", "cuda"] = "auto"
    ai_dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    ai_safety_checker: bool = True
    ai_seconds: float = Field(default=180.0, gt=0)
    ai_retries: int = Field(default=4, ge=0, le=10)
    ai_max_bytes: int = Field(default=64 * 1024 * 1024, ge=1)
    ai_prices: dict[str, Decimal] = {}
    model_cache_dir: Path | None = None
    embedding_model: str = Field(default="", max_length=255)

    replicate_api_token: SecretStr = SecretStr("")
    replicate_url: str = "https://api.replicate.com"
    replicate_models: list[str] = ["black-forest-labs/flux-schnell", "black-forest-labs/flux-dev"]
    openai_api_key: SecretStr = SecretStr("")
    openai_url: str = "https://api.openai.com/v1"
    openai_models: list[str] = ["gpt-image-2.6-flare", "gpt-image-2.6-sunburst", "gpt-image-1-mini"]
    stability_api_key: SecretStr = SecretStr("")
    stability_url: str = "https://api.stability.ai"
    stability_models: list[str] = ["core", "ultra", "sd3.5-large", "sd3.5-medium"]

    generation_visibility: Literal["public", "unlisted", "private"] = "private"
    generation_queued_max: dict[str, int] = {"Editor": 50, "Admin": 200}
    generation_running_max: dict[str, int] = {"Editor": 2, "Admin": 4}
    generation_images_per_day: dict[str, int] = {"Editor": 200, "Admin": 1000}
    generation_threads: int = Field(default=4, ge=1, le=64)
    preview_interval_seconds: float = Field(default=0.25, ge=0.25)

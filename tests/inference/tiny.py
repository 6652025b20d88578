"""Tiny pipelines with random weights, saved as the real ones are: for what needs the real `from_pretrained`.

Weights and vocabularies are made here, from a fixed seed; nothing is fetched.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    SiglipConfig,
    SiglipImageProcessor,
    SiglipModel,
    SiglipTextConfig,
    SiglipVisionConfig,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

SIZE = 64
WIDE = 32
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def save_sd1(folder: Path, *, seed: int = 0, safety: bool = False, channels: tuple[int, ...] = (32, 64)) -> Path:
    """Stable Diffusion 1.x with a denoiser of `channels`; `safety` gives it a safety checker, which flags nothing."""
    torch.manual_seed(seed)
    unet = _unet(channels, cross_attention_dim=WIDE)
    pipeline = StableDiffusionPipeline(
        vae=_vae(4, 0.18215, seed),
        text_encoder=_clip(CLIPTextModel),
        tokenizer=_clip_tokenizer(folder),
        unet=unet,
        scheduler=DDIMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
        ),
        safety_checker=_safety_checker() if safety else None,
        feature_extractor=CLIPImageProcessor(crop_size=30, size={"shortest_edge": 30}) if safety else None,
        requires_safety_checker=safety,
    )
    return _saved(pipeline, folder)


def save_sdxl(folder: Path, *, seed: int = 0) -> Path:
    """Stable Diffusion XL: two text encoders, and sizes as further conditions."""
    torch.manual_seed(seed)
    pipeline = StableDiffusionXLPipeline(
        vae=_vae(4, 0.13025, seed),
        text_encoder=_clip(CLIPTextModel),
        text_encoder_2=_clip(CLIPTextModelWithProjection),
        tokenizer=_clip_tokenizer(folder),
        tokenizer_2=_clip_tokenizer(folder),
        unet=_unet(
            (32, 64),
            cross_attention_dim=2 * WIDE,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + WIDE,
            use_linear_projection=True,
        ),
        scheduler=EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
    )
    return _saved(pipeline, folder)


def save_flux(folder: Path, *, seed: int = 0) -> Path:
    """Flux: flow matching, latents packed two by two, a CLIP and a T5 text encoder."""
    torch.manual_seed(seed)
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WIDE,
        pooled_projection_dim=WIDE,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=True,
    )
    pipeline = FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=_vae(16, 0.3611, seed, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=_clip(CLIPTextModel),
        tokenizer=_clip_tokenizer(folder),
        text_encoder_2=T5EncoderModel(
            T5Config(d_model=WIDE, d_ff=37, d_kv=8, num_heads=4, num_layers=2, vocab_size=len(_LETTERS) + 3)
        ),
        tokenizer_2=_t5_tokenizer(),
        transformer=transformer,
    )
    return _saved(pipeline, folder)


def save_sd3(folder: Path, *, seed: int = 0) -> Path:
    """Stable Diffusion 3 without its third text encoder, as people run it who save memory."""
    torch.manual_seed(seed)
    transformer = SD3Transformer2DModel(
        sample_size=SIZE // 8,
        patch_size=2,
        in_channels=16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        joint_attention_dim=2 * WIDE,
        caption_projection_dim=WIDE,
        pooled_projection_dim=2 * WIDE,
        out_channels=16,
    )
    pipeline = StableDiffusion3Pipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=_vae(16, 1.5305, seed, shift_factor=0.0609, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=_clip(CLIPTextModelWithProjection),
        tokenizer=_clip_tokenizer(folder),
        text_encoder_2=_clip(CLIPTextModelWithProjection),
        tokenizer_2=_clip_tokenizer(folder),
        text_encoder_3=None,
        tokenizer_3=None,
    )
    return _saved(pipeline, folder)


FAMILIES: Mapping[str, Callable[[Path], Path]] = {
    "sd1": save_sd1,
    "sdxl": save_sdxl,
    "flux": save_flux,
    "sd3": save_sd3,
}


def save_clip(folder: Path, *, seed: int = 0, dimensions: int = 24) -> Path:
    """CLIP: one space of `dimensions` for pictures and words."""
    torch.manual_seed(seed)
    layer: dict[str, Any] = {
        "hidden_size": WIDE,
        "intermediate_size": 37,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
    }
    marks: dict[str, Any] = {"vocab_size": len(_words()), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    text = CLIPTextConfig(**layer, **marks)
    vision = CLIPVisionConfig(**layer, image_size=SIZE, patch_size=16)
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=dimensions)).save_pretrained(folder)
    _clip_tokenizer(folder).save_pretrained(folder)
    _image_processor(CLIPImageProcessor).save_pretrained(folder)
    return folder


def save_siglip(folder: Path, *, seed: int = 0) -> Path:
    """SigLIP, whose space is as wide as its layers, and whose texts are always filled up to their full length."""
    torch.manual_seed(seed)
    layer: dict[str, Any] = {
        "hidden_size": WIDE,
        "intermediate_size": 37,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
    }
    text = SiglipTextConfig(**layer, vocab_size=len(_words()), max_position_embeddings=16, projection_size=WIDE)
    vision = SiglipVisionConfig(**layer, image_size=SIZE, patch_size=16)
    SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).save_pretrained(folder)
    _clip_tokenizer(folder).save_pretrained(folder)
    _image_processor(SiglipImageProcessor).save_pretrained(folder)
    return folder


def _image_processor(kind: Any) -> Any:
    square = {"height": SIZE, "width": SIZE}
    return kind(size=square, crop_size=square, do_center_crop=False)


def _saved(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder)
    return folder


def _unet(channels: tuple[int, ...], **options: Any) -> UNet2DConditionModel:
    deeper = len(channels) - 1
    return UNet2DConditionModel(
        sample_size=SIZE // 8,
        block_out_channels=channels,
        layers_per_block=1,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * deeper),
        up_block_types=(*("CrossAttnUpBlock2D",) * deeper, "UpBlock2D"),
        attention_head_dim=4,
        norm_num_groups=8,
        **options,
    )


def _vae(channels: int, scaling_factor: float, seed: int, **options: Any) -> AutoencoderKL:
    """Eight pixels to a latent, as all these families have it."""
    torch.manual_seed(seed)
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=channels,
        scaling_factor=scaling_factor,
        norm_num_groups=4,
        sample_size=SIZE,
        **options,
    )


def _clip(kind: Any) -> Any:
    return kind(
        CLIPTextConfig(
            hidden_size=WIDE,
            intermediate_size=37,
            num_hidden_layers=2,
            num_attention_heads=4,
            projection_dim=WIDE,
            vocab_size=len(_words()),
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=1,
        )
    ).eval()


def _words() -> dict[str, int]:
    """The two marks and every letter, in the middle of a word and at its end."""
    pieces = ["<|startoftext|>", "<|endoftext|>", *_LETTERS, *(f"{letter}</w>" for letter in _LETTERS)]
    return {piece: index for index, piece in enumerate(pieces)}


def _clip_tokenizer(folder: Path) -> CLIPTokenizer:
    made = folder.parent / f"{folder.name}-words"
    made.mkdir(parents=True, exist_ok=True)
    (made / "vocab.json").write_text(json.dumps(_words()))
    (made / "merges.txt").write_text("#version: 0.2\n")
    (made / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "pad_token": "<|endoftext|>"})
    )
    tokenizer: CLIPTokenizer = CLIPTokenizer.from_pretrained(made)
    return tokenizer


def _t5_tokenizer() -> T5Tokenizer:
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((letter, -1.0) for letter in _LETTERS)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return T5Tokenizer(tokenizer_object=tokenizer, extra_ids=0, model_max_length=64)


def _safety_checker() -> StableDiffusionSafetyChecker:
    text: dict[str, Any] = {
        "hidden_size": WIDE,
        "intermediate_size": 37,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
    }
    vision: dict[str, Any] = {**text, "image_size": 30, "patch_size": 15}
    config = CLIPConfig(
        text_config=CLIPTextConfig(**text).to_dict(),
        vision_config=CLIPVisionConfig(**vision).to_dict(),
        projection_dim=WIDE,
    )
    checker = StableDiffusionSafetyChecker(config)
    checker.concept_embeds_weights.data.fill_(2.0)
    checker.special_care_embeds_weights.data.fill_(2.0)
    return checker

"""The vocabulary of the small models: CLIP's tokenizer, its pieces learned from what is said of painted scenes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from clonegallery.demo.phrasing import phrase
from clonegallery.demo.scene import Scene

LENGTH: Final = 64
"""Tokens of a text, its two marks included; what is longer is cut."""

START, END = "<|startoftext|>", "<|endoftext|>"
_MERGES: Final = 700
_END_OF_WORD: Final = "</w>"
# What splits a text into words: https://github.com/openai/CLIP/blob/main/clip/simple_tokenizer.py
_WORDS: Final = r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""


def tokenizer_for(scenes: Sequence[Scene], folder: Path, *, seed: int) -> CLIPTokenizer:
    """The tokenizer that `folder` holds; made there first, from what is said of `scenes`."""
    if not (folder / "vocab.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng([seed, 2])
        _save(_learned([phrase(scene, rng) for scene in scenes for _ in range(3)]), folder)
    tokenizer: CLIPTokenizer = CLIPTokenizer.from_pretrained(folder)
    return tokenizer


def _learned(texts: Sequence[str]) -> Any:
    """Byte-pair pieces, as CLIP has them: every byte alone, in a word and at its end, then the merges."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix=_END_OF_WORD, unk_token=END))
    tokenizer.normalizer = normalizers.Lowercase()
    split = pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=512 + _MERGES,
        min_frequency=5,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        end_of_word_suffix=_END_OF_WORD,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return json.loads(tokenizer.to_str())["model"]


def _save(model: Any, folder: Path) -> None:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [" ".join(pair) for pair in model["merges"]]
    pieces = [*letters, *(f"{letter}{_END_OF_WORD}" for letter in letters)]
    pieces += [piece for piece in ("".join(pair) for pair in model["merges"]) if piece not in set(pieces)]
    vocabulary = {piece: index for index, piece in enumerate([*dict.fromkeys(pieces), START, END])}
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]))
    about = {"tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "pad_token": END}
    about |= {"bos_token": START, "eos_token": END, "unk_token": END}
    (folder / "tokenizer_config.json").write_text(json.dumps(about, indent=2))
    # Last: who finds it finds the others too.
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))

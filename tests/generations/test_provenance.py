"""What is written into a picture is read by others' eyes: Pillow's, and a parser of the formats made here."""

import io
import re
from decimal import Decimal
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from clonegallery.errors import GenerationFailed
from clonegallery.generations.parameters import Used, infotext
from clonegallery.generations.provenance import embed
from clonegallery.images.sniff import detect_mime

PROMPT = "a <red> sun & a “blue” sea, 日本, with\nNegative: lines"
USED = Used(
    "local", "org/model, v2", PROMPT, "fog", 64, 48, 20, 7.0, "DPM++ 2M", 4_000_000_000, None, 1.5, Decimal("0.1")
)
TEXT = infotext(USED)


def _encoded(kind: str) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return out.getvalue()


def _parameters(content: bytes) -> str:
    """As AUTOMATIC1111's `read_info_from_image` reads it (modules/images.py)."""
    picture = Image.open(io.BytesIO(content))
    picture.load()
    if "parameters" in picture.info:
        return str(picture.info["parameters"])
    comment = picture.getexif().get_ifd(0x8769)[0x9286]
    assert comment.startswith(b"UNICODE\0")
    return str(comment[8:].decode("utf-16-be"))


def test_the_text_is_that_of_automatic1111() -> None:
    *prompt, negative, last = TEXT.split("\n")
    assert "\n".join(prompt) == PROMPT
    assert negative == "Negative prompt: fog"
    # Its own pattern, from modules/infotext_utils.py.
    pairs = dict(re.findall(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)', last))
    assert pairs == {
        "Steps": "20", "Sampler": "DPM++ 2M", "CFG scale": "7", "Seed": "4000000000", "Size": "64x48",
        "Model": '"org/model, v2"', "Version": "CloneGallery (local)",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pixels_stay_and_the_parameters_are_there(kind: str) -> None:
    content = _encoded(kind)
    made = embed(content, TEXT, uuid4(), changed=False)
    assert detect_mime(made) == ("image/jpeg" if kind == "JPEG" else "image/png")
    assert _parameters(made) == TEXT
    before, after = (np.asarray(Image.open(io.BytesIO(one)).convert("RGB")) for one in (content, made))
    assert (before == after).all()


@pytest.mark.parametrize(
    ("changed", "kind"), [(False, "trainedAlgorithmicMedia"), (True, "compositeWithTrainedAlgorithmicMedia")]
)
def test_the_source_type_says_that_no_camera_took_it(changed: bool, kind: str) -> None:
    for content in (_encoded("PNG"), _encoded("JPEG")):
        made = embed(content, TEXT, uuid4(), changed=changed)
        assert f'DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"'.encode() in made
        assert b'<rdf:li xml:lang="x-default">a &lt;red&gt; sun &amp; a' in made


def test_two_pictures_of_the_same_seed_are_two_files() -> None:
    content = _encoded("PNG")
    assert embed(content, TEXT, uuid4(), changed=False) != embed(content, TEXT, uuid4(), changed=False)


def test_a_long_prompt_does_not_burst_a_segment() -> None:
    made = embed(_encoded("JPEG"), "x" * 60_000, uuid4(), changed=False)
    assert _parameters(made) == "x" * 60_000


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\nIDAT", b"<html>"])
def test_what_is_no_picture_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(GenerationFailed):
        embed(content, TEXT, uuid4(), changed=False)

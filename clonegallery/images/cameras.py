"""One name for each camera, however its makers wrote it: `NIKON CORPORATION` `NIKON D750` is a Nikon D750.

Makers change how they write themselves from firmware to firmware, repeat their name in the model, or append their
company's form. What a file says is kept as it is; this is what people read and search by.
"""

import re
from dataclasses import dataclass

from clonegallery.images.folding import folded

_COMPANY = frozenset(
    {
        "ag", "camera", "cameras", "co", "company", "computer", "corp", "corporation", "digital", "electric",
        "electronic", "electronics", "film", "foto", "gmbh", "holdings", "image", "imaging", "inc", "incorporated",
        "industries", "international", "kabushiki", "kaisha", "limited", "llc", "ltd", "mobile", "optical", "oy",
        "photo", "photographic", "precision", "products", "techwin", "technologies", "technology",
    }
)  # fmt: skip
"""What companies add to their names when they write them out."""

_MAKES = {
    "apple": "Apple", "canon": "Canon", "casio": "Casio", "dji": "DJI", "eastman kodak": "Kodak", "fuji": "Fujifilm",
    "fujifilm": "Fujifilm", "fuji photo": "Fujifilm", "google": "Google", "gopro": "GoPro", "hasselblad": "Hasselblad",
    "hewlett packard": "HP", "hp": "HP", "htc": "HTC", "huawei": "Huawei", "kodak": "Kodak",
    "konica minolta": "Konica Minolta", "leica": "Leica", "lg": "LG", "lge": "LG", "mamiya leaf": "Mamiya",
    "minolta": "Minolta", "motorola": "Motorola", "nikon": "Nikon", "nokia": "Nokia", "hmd global": "Nokia",
    "olympus": "Olympus", "om digital solutions": "OM System", "om solutions": "OM System", "om system": "OM System",
    "oneplus": "OnePlus", "panasonic": "Panasonic", "pentax": "Pentax", "asahi pentax": "Pentax",
    "phase one": "Phase One", "polaroid": "Polaroid", "ricoh": "Ricoh", "samsung": "Samsung", "sigma": "Sigma",
    "sony": "Sony", "sony ericsson": "Sony Ericsson", "vivo": "vivo", "xiaomi": "Xiaomi", "zeiss": "Zeiss",
}  # fmt: skip

_KNOWN = sorted({folded(maker) for maker in _MAKES.values()}, key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Named:
    """`name` is for people, `folded` for comparing."""

    name: str
    folded: str


def camera_of(make: str | None, model: str | None) -> Named | None:
    """The camera of a file that says this of it; None where it says nothing that can be read."""
    maker = make_of(make or "")
    own = _model(maker, model or "")
    name = " ".join(part for part in (maker, own) if part)
    return named(name)


def named(name: str | None) -> Named | None:
    """A name with what it is compared by; None where nothing of it can be."""
    shown = " ".join((name or "").split())
    compared = folded(shown)
    return Named(shown[:300], compared[:300]) if compared else None


def make_of(make: str) -> str:
    """How people write the maker: `OLYMPUS IMAGING CORP.` is Olympus; one that nobody knows stays as it is."""
    words = folded(make).split()
    kept = [word for word in words if word not in _COMPANY]
    known = _MAKES.get(" ".join(words)) or _MAKES.get(" ".join(kept))
    if known or not kept:
        return known or " ".join(make.split())
    first = next((known for end in range(len(kept), 0, -1) if (known := _MAKES.get(" ".join(kept[:end])))), None)
    return first or " ".join(re.findall(r"\S+", make)[: _until_company(words)])


def maker_in(camera: str) -> str:
    """The known maker, folded, that a camera's folded name begins with; an empty text where none is known.

    Of two the longer one: a Sony Ericsson is none of Sony's.
    """
    return next((maker for maker in _KNOWN if f"{camera} ".startswith(f"{maker} ")), "")


def parts_of(camera: Named) -> tuple[str, str]:
    """The maker and the model in a camera's name, as people write them; an empty text for one that it does not say.

    Of a maker whom nobody knows the first word stands for the name, and the whole of it is the model.
    """
    words, known = camera.name.split(), maker_in(camera.folded)
    for end in range(1, len(words) + 1):
        if known and folded(" ".join(words[:end])) == known:
            return " ".join(words[:end]), " ".join(words[end:])
    return words[0] if len(words) > 1 else "", camera.name


def is_by(make: str, camera: str) -> bool:
    """Whether a camera's folded name begins with this folded maker, and with no longer one that is known."""
    return bool(make) and f"{camera} ".startswith(f"{make} ") and len(maker_in(camera)) <= len(make)


def is_model(model: str, camera: str) -> bool:
    """Whether a camera's folded name ends in these folded words, with or without the maker's name before them."""
    return bool(model) and f" {camera}".endswith(f" {model}")


def _until_company(words: list[str]) -> int | None:
    """How many of the words come before the company's form; all of them where there is none."""
    return next((index for index, word in enumerate(words) if index and word in _COMPANY), None)


def _model(maker: str, model: str) -> str:
    """The model without the maker's name, which many write twice."""
    words, spoken = " ".join(model.split()).split(" "), folded(maker).split()
    while spoken and words and folded(words[0]) in (*spoken, folded(maker).replace(" ", "")):
        words = words[1:]
    while words and folded(words[0]) in _COMPANY and len(words) > 1 and folded(words[0]) in ("corporation", "corp"):
        words = words[1:]
    return " ".join(words)

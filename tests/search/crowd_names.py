"""What a large gallery's pictures are called, tagged, made with and where: lists, the most common first."""

from collections.abc import Sequence
from itertools import product
from typing import Final

from zxcvbn.frequency_lists import FREQUENCY_LISTS

WORDS: Final = 8_000
NAMES: Final = 10_000
TAGS: Final = 5_000

# Makers as files name them: some in capitals, some with their company's form, two of them in two ways.
_CAMERAS: Final = """
Apple|iPhone 13; Canon|Canon EOS R5; SONY|ILCE-7M3; NIKON CORPORATION|NIKON D750; Apple|iPhone 15 Pro; samsung|SM-G991B;
FUJIFILM|X-T4; Google|Pixel 7; Apple|iPhone 11; Canon|Canon EOS 5D Mark IV; Apple|iPhone XR; SONY|ILCE-6400;
NIKON CORPORATION|NIKON Z 6; samsung|SM-S918B; Canon|Canon EOS R6; Apple|iPhone 8; Canon|Canon EOS 80D; FUJIFILM|X100V;
OLYMPUS IMAGING CORP.|E-M5MarkII; DJI|FC3170; NIKON CORPORATION|NIKON D3500; Panasonic|DC-GH5; Apple|iPhone 6s;
Google|Pixel 4a; HUAWEI|ELE-L29; Xiaomi|M2101K6G; LEICA CAMERA AG|LEICA Q2; RICOH IMAGING COMPANY, LTD.|PENTAX K-3;
GoPro|HERO9 Black; SONY|DSC-RX100M3; Canon|Canon EOS M50; NIKON|NIKON D850; samsung|SM-A528B; Apple|iPhone 12 mini;
FUJIFILM|X-Pro2; OM Digital Solutions|OM-1; Canon|Canon EOS 550D; Panasonic|DMC-LX100; SONY|ILCE-7RM4; SONY|ILCE-1;
OnePlus|ONEPLUS A6003; Hasselblad|L1D-20c; EASTMAN KODAK COMPANY|KODAK DX6490 ZOOM DIGITAL CAMERA; LGE|LG-H870;
motorola|moto g(7) plus; NIKON|COOLPIX P900; Canon|Canon PowerShot G7 X; Phase One|IQ3 100MP; SIGMA|SIGMA fp;
OLYMPUS CORPORATION|E-M1MarkIII; CASIO COMPUTER CO.,LTD.|EX-Z750; KONICA MINOLTA|DYNAX 7D; Nokia|Nokia 808; HTC|One M8;
Hewlett-Packard|HP PhotoSmart C945; Polaroid|Polaroid i20X29; Sony Ericsson|K800i; RICOH|GR II; PENTAX|PENTAX K10D;
LEICA CAMERA AG|LEICA M10; NIKON CORPORATION|NIKON D40
"""
CAMERAS: Final = [
    (make, model) for entry in " ".join(_CAMERAS.split()).split("; ") for make, model in [entry.split("|")]
]

_LENS_MAKERS: Final = ("EF{mm} f/{f}L IS USM", "FE {mm} F{f} GM", "AF-S NIKKOR {mm} f/{f}G ED", "XF{mm} F{f} R LM WR",
                       "{mm} F{f} DG HSM | Art", "LUMIX G VARIO {mm}/F{f}", "M.ZUIKO DIGITAL ED {mm} F{f} PRO",
                       "iPhone back camera {mm} f/{f}")  # fmt: skip
_LENGTHS: Final = ("24-70mm", "50mm", "70-200mm", "35mm", "16-35mm", "85mm", "24mm", "100-400mm", "18-55mm", "105mm")
_WIDTHS: Final = ("2.8", "1.8")
LENSES: Final = [maker.format(mm=mm, f=f) for f, mm, maker in product(_WIDTHS, _LENGTHS, _LENS_MAKERS)]

MODELS: Final = ("stabilityai/stable-diffusion-xl-base-1.0", "black-forest-labs/flux-schnell", "dall-e-3",
                 "stable-diffusion-v1-5", "postcard-mini (demo)", "stable-image-core")  # fmt: skip

_CITIES: Final = """
46.95,7.45 48.86,2.35 51.51,-0.13 40.71,-74.01 52.52,13.40 35.68,139.69 41.90,12.50 37.77,-122.42 59.33,18.07
45.46,9.19 41.39,2.17 47.37,8.54 48.21,16.37 50.08,14.44 38.72,-9.14 55.68,12.57 60.17,24.94 34.05,-118.24
-33.87,151.21 43.65,-79.38 46.20,6.14 19.43,-99.13 -22.91,-43.17 1.35,103.82 13.76,100.50 28.61,77.21 39.90,116.41
37.57,126.98 30.04,31.24 -33.92,18.42 64.15,-21.94 46.02,7.75 45.44,12.34 36.10,-112.11 -13.16,-72.55 27.99,86.93
-17.71,178.06 21.31,-157.86 61.22,-149.90 -54.80,-68.30
"""
CITIES: Final = [tuple(map(float, place.split(","))) for place in _CITIES.split()]

LINKS: Final = ("the", "of the", "in", "with a", "and the", "at", "on the", "near", "by the", "under", "from")
"""What stands between the words of a caption."""


def vocabulary() -> Sequence[str]:
    """`WORDS` English words as they are common in an encyclopedia, without those that mean nothing by themselves."""
    known: Sequence[str] = FREQUENCY_LISTS["english_wikipedia"]
    return [word for word in known[120:] if word.isalpha() and word.isascii() and len(word) > 2][:WORDS]


def family_names() -> Sequence[str]:
    """`NAMES` names, each of which stands in few captions."""
    known: Sequence[str] = FREQUENCY_LISTS["surnames"]
    return list(known)[:NAMES]


def tag_names() -> Sequence[str]:
    """`TAGS` tags, one in four of two words."""
    words = vocabulary()
    return [f"{words[n]} {words[n * 7 % 997]}" if n % 4 == 3 else words[n] for n in range(TAGS)]

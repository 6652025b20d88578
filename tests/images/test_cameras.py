"""One camera has one name, however its files write it."""

import pytest

from clonegallery.images.cameras import _MAKES, camera_of, is_by, is_model, make_of, maker_in, named, parts_of
from clonegallery.images.folding import folded


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("NIKON CORPORATION", "NIKON D750", "Nikon D750"),
        ("Nikon", "D750", "Nikon D750"),
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("OLYMPUS IMAGING CORP.", "E-M10", "Olympus E-M10"),
        ("OLYMPUS CORPORATION", "E-M10", "Olympus E-M10"),
        ("PENTAX Corporation", "PENTAX K-5", "Pentax K-5"),
        ("RICOH IMAGING COMPANY, LTD.", "PENTAX K-1", "Ricoh PENTAX K-1"),
        ("SAMSUNG TECHWIN CO., LTD.", "<Digimax>", "Samsung <Digimax>"),
        ("LEICA CAMERA AG", "LEICA Q2", "Leica Q2"),
        ("EASTMAN KODAK COMPANY", "KODAK EASYSHARE", "Kodak EASYSHARE"),
        ("CASIO COMPUTER CO.,LTD.", "EX-Z50", "Casio EX-Z50"),
        ("SONY", "ILCE-7M3", "Sony ILCE-7M3"),
        ("Sony Ericsson", "K800i", "Sony Ericsson K800i"),
        ("Sony Ericsson Mobile Communications AB", "K800i", "Sony Ericsson K800i"),
        ("Apple", "iPhone 12 Pro", "Apple iPhone 12 Pro"),
        ("FUJIFILM", "X-T3", "Fujifilm X-T3"),
        ("Home made Ltd.", "Pinhole", "Home made Pinhole"),
        (None, "  Scanner   9000 ", "Scanner 9000"),
        ("Canon", None, "Canon"),
        ("Company", "", "Company"),
    ],
)
def test_makers_write_themselves_in_many_ways(make: str | None, model: str | None, expected: str) -> None:
    found = camera_of(make, model)
    assert found is not None
    assert found.name == expected


@pytest.mark.parametrize(("make", "model"), [(None, None), ("", " "), ("---", "…")])
def test_what_says_nothing_is_no_camera(make: str | None, model: str | None) -> None:
    assert camera_of(make, model) is None


def test_two_ways_of_writing_are_compared_as_one() -> None:
    assert named("EF 50mm f/1.8  STM") == named("EF 50mm f/1.8 STM")
    assert make_of("NIKON CORPORATION") == make_of("nikon") == "Nikon"


@pytest.mark.parametrize(
    ("camera", "maker"),
    [
        ("sony ericsson k800i", "sony ericsson"),
        ("sony ilce 7m3", "sony"),
        ("sony", "sony"),
        ("konica minolta dimage", "konica minolta"),
        ("sonyx 1", ""),
        ("home made pinhole", ""),
    ],
)
def test_of_two_known_makers_the_longer_one_has_made_it(camera: str, maker: str) -> None:
    assert maker_in(camera) == maker
    assert [is_by(one, camera) for one in ("sony", "sony ericsson", "konica", "")] == [
        maker == "sony",
        maker == "sony ericsson",
        False,
        False,
    ]


def test_a_maker_whom_nobody_knows_has_made_what_begins_so() -> None:
    assert is_by("home made", "home made pinhole")
    assert is_by("home", "home made pinhole")
    assert not is_by("pinhole", "home made pinhole")


@pytest.mark.parametrize(
    ("name", "maker", "model"),
    [
        ("Nikon Z 6_2", "Nikon", "Z 6_2"),
        ("Sony Ericsson K800i", "Sony Ericsson", "K800i"),
        ("SONY-ericsson K800i", "SONY-ericsson", "K800i"),
        ("OM System OM-1", "OM System", "OM-1"),
        ("Canon", "Canon", ""),
        ("Home made Pinhole", "Home", "Home made Pinhole"),
        ("Pinhole", "", "Pinhole"),
    ],
)
def test_a_name_says_who_made_what(name: str, maker: str, model: str) -> None:
    camera = named(name)
    assert camera is not None
    assert parts_of(camera) == (maker, model)


def test_every_known_maker_is_asked_for_by_its_name() -> None:
    for maker in _MAKES.values():
        assert folded(make_of(folded(maker))) == folded(maker)
        assert maker_in(f"{folded(maker)} 1") == folded(maker)


def test_a_model_is_what_the_name_ends_in() -> None:
    assert is_model("eos r5", "canon eos r5")
    assert is_model("canon eos r5", "canon eos r5")
    assert not is_model("os r5", "canon eos r5")
    assert not is_model("", "canon eos r5")

"""The demo gallery: enough pictures, none twice, in several shapes, each a JPEG with the EXIF of a camera."""

import io
from datetime import timedelta
from functools import cache

import exifread
import numpy as np
import pytest
from PIL import Image

from clonegallery.demo.camera import KITS, camera_for, exif_of, jpeg_bytes
from clonegallery.demo.caption import caption
from clonegallery.demo.catalogue import DemoPicture, catalogue, draw
from clonegallery.demo.scene import Hour, Scene, Sky


@cache
def drawn() -> bytes:
    return draw(catalogue()[0])


def test_there_are_enough_pictures_and_no_two_alike() -> None:
    pictures = catalogue()
    assert len(pictures) >= 64
    for unique in ("filename", "title", "seed", "caption"):
        assert len({getattr(picture, unique) for picture in pictures}) == len(pictures), unique


def test_the_pictures_come_in_several_shapes_and_hours() -> None:
    pictures = catalogue()
    assert len({picture.size for picture in pictures}) >= 6
    assert all(1280 <= max(picture.size) <= 2000 for picture in pictures)
    assert {picture.scene.hour for picture in pictures} == set(Hour)


def test_a_picture_is_described_by_its_own_scene() -> None:
    for picture in catalogue():
        assert picture.caption == caption(picture.scene)
        assert picture.filename.endswith(".jpg")
        assert picture.filename.isascii()


def test_the_same_picture_is_drawn_to_the_same_bytes() -> None:
    assert draw(catalogue()[0]) == drawn()


def test_a_picture_is_a_jpeg_of_its_size() -> None:
    with Image.open(io.BytesIO(drawn())) as image:
        assert (image.format, image.size) == ("JPEG", catalogue()[0].size)


def test_exifread_reads_what_the_camera_wrote() -> None:
    picture = catalogue()[0]
    found = exifread.process_file(io.BytesIO(drawn()), details=False)
    camera = picture.camera
    assert str(found["Image Make"]) == camera.kit.make
    assert str(found["Image Model"]) == camera.kit.model
    assert str(found["EXIF LensModel"]) == camera.kit.lens
    assert float(found["EXIF FNumber"].values[0]) == pytest.approx(camera.aperture)
    assert float(found["EXIF FocalLength"].values[0]) == pytest.approx(camera.focal, abs=0.01)
    assert float(found["EXIF ExposureTime"].values[0]) == pytest.approx(float(camera.exposure))
    assert found["EXIF ISOSpeedRatings"].values == [camera.iso]
    assert str(found["EXIF DateTimeOriginal"]) == camera.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    assert str(found["EXIF OffsetTimeOriginal"]) == camera.taken_at.isoformat()[-6:]


def _with_gps() -> list[DemoPicture]:
    return [picture for picture in catalogue() if picture.camera.spot]


def test_some_pictures_know_where_they_were_taken() -> None:
    assert 10 <= len(_with_gps()) <= len(catalogue()) - 10
    south = set()
    for picture in _with_gps():
        camera = picture.camera
        data = jpeg_bytes(Image.new("RGB", (8, 8)), exif_of(camera))
        found = exifread.process_file(io.BytesIO(data))
        place = exifread.utils.get_gps_coords(found)
        assert place is not None
        assert camera.spot is not None
        latitude, longitude = place
        assert latitude == pytest.approx(camera.spot.latitude, abs=1e-4)
        assert longitude == pytest.approx(camera.spot.longitude, abs=1e-4)
        south.add(latitude < 0)
    assert south == {True, False}


def test_settings_fit_the_hour_and_the_lens() -> None:
    for picture in catalogue():
        camera = picture.camera
        night = picture.scene.hour is Hour.NIGHT
        assert (camera.exposure >= 1) == night
        assert camera.kit.focal[0] <= camera.focal <= camera.kit.focal[1]
        assert camera.aperture >= camera.kit.fastest
        assert isinstance(camera.taken_at.utcoffset(), timedelta)


def test_every_kit_can_be_the_one() -> None:
    scene = Scene(Hour.DAY, Sky.BLUE)
    used = {camera_for(scene, np.random.default_rng(seed)).kit for seed in range(300)}
    assert used == set(KITS)

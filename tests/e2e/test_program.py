"""A program with nothing but httpx and the OpenAPI document goes the way that a person goes in a browser."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.e2e.letters import last_link
from tests.e2e.program import Program, read_document
from tests.e2e.site import Site
from tests.factories import PASSWORD, jpeg_bytes

pytestmark = pytest.mark.e2e

VARIANTS = ("original", "thumb_300", "thumb_600", "thumb_1200")
_READY_SECONDS = 60


@pytest.fixture
async def program(site: Site) -> AsyncIterator[Program]:
    async with httpx.AsyncClient(base_url=site.url, timeout=30) as http:
        yield await read_document(http)


async def test_a_program_registers_verifies_is_made_editor_hides_a_picture_and_is_demoted(
    site: Site, program: Program
) -> None:
    admin, other = program.another(), program.another()
    await admin.sign_in(site.admin_username, site.admin_password)
    user_id = await _register(program, "a-program")
    refresh = await program.sign_in("a-program", PASSWORD)
    await _verify(program, site, "a-program@example.org")
    await _is_refused_to_upload(program)

    assert (await admin.call("update_user", {"role": "Editor"}, user_id=user_id)).status_code == 200
    image_id = await _upload(program, visibility="private")
    await _register(other, "another-program")
    for stranger in (program.another(), await _signed_in(other, "another-program")):
        await _sees_nothing(stranger, image_id)

    assert (await admin.call("update_user", {"role": "Visitor"}, user_id=user_id)).status_code == 200
    await _is_refused_to_upload(program)
    renewed = await program.call("refresh", {"refresh_token": refresh})
    program.bearer = renewed.json()["access_token"]
    await _is_refused_to_upload(program)
    assert (await program.call("get_image", image_id=image_id)).status_code == 200
    assert (await program.call("update_image", {"title": "mine"}, image_id=image_id)).status_code == 403

    assert (await program.call("logout")).status_code == 204
    assert (await program.call("get_me")).status_code == 401


async def _register(program: Program, username: str) -> str:
    wanted = {"email": f"{username}@example.org", "username": username, "password": PASSWORD}
    answer = await program.call("register", wanted)
    assert (answer.status_code, answer.json()["role"]) == (201, "Visitor"), answer.text
    user_id: str = answer.json()["id"]
    return user_id


async def _signed_in(program: Program, username: str) -> Program:
    await program.sign_in(username, PASSWORD)
    return program


async def _verify(program: Program, site: Site, email: str) -> None:
    assert (await program.call("get_me")).json()["email_verified"] is False
    link = await last_link(site, email, "Confirm your e-mail address")
    token = parse_qs(urlsplit(link).query)["token"][0]
    assert (await program.call("verify_email", {"token": token})).status_code == 204
    assert (await program.call("verify_email", {"token": token})).status_code == 422
    assert (await program.call("get_me")).json()["email_verified"] is True


async def _is_refused_to_upload(program: Program) -> None:
    me = (await program.call("get_me")).json()
    answer = await program.call("upload_image", {}, files={"file": ("a.jpg", jpeg_bytes(seed=5101), "image/jpeg")})
    assert (me["role"], "upload" in me["permissions"]) == ("Visitor", False)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), answer.text


async def _upload(program: Program, *, visibility: str) -> str:
    """The id of a picture that is ready."""
    content = {"file": ("program.jpg", jpeg_bytes(seed=5102), "image/jpeg")}
    answer = await program.call("upload_image", {"visibility": visibility}, files=content)
    assert answer.status_code == 201, answer.text
    image_id: str = answer.json()["id"]
    for _ in range(_READY_SECONDS * 5):
        if (await program.call("get_image", image_id=image_id)).json()["status"] == "ready":
            return image_id
        await asyncio.sleep(0.2)
    raise AssertionError("the picture is not ready")


async def _sees_nothing(stranger: Program, image_id: str) -> None:
    answers = [
        await stranger.call("get_image", image_id=image_id),
        await stranger.call("get_neighbours", image_id=image_id),
        *[await stranger.call("get_image_file", image_id=image_id, variant=variant) for variant in VARIANTS],
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    for query in ({}, {"owner": "a-program"}, {"owner": "a-program", "visibility": "private"}):
        page = await stranger.call("list_images", query=query)
        assert page.status_code in (200, 403, 422), page.text
        assert image_id not in page.text
    if stranger.bearer:
        for write in ("like_image", "unlike_image", "delete_image", "restore_image"):
            assert (await stranger.call(write, image_id=image_id)).status_code in (403, 404)
        assert (await stranger.call("like_image", image_id=image_id)).status_code == 404

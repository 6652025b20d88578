"""The running gallery keeps the contract that its own OpenAPI document makes, whoever calls and whatever they send.

Schemathesis reads the document and sends what it allows and what it forbids: no answer may be a 5xx, of an undocumented
status, content type or shape, or accept what the document refuses.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.site import Site
from tests.factories import PASSWORD

pytestmark = pytest.mark.e2e

_EXAMPLES = 6
_SEED = 20261124
# A stream without an end, and what would end or shut out whoever is calling in the middle of the run.
_ENDLESS = ("follow_images",)
_OWN_END = ("logout", "end_session", "end_other_sessions", "end_user_sessions", "change_my_password")
# `positive_data_acceptance` is left out: a wrong password and a foreign cursor fit the document, and are refused.
_CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method,ignored_auth"
)


def _keeps_the_contract(site: Site, folder: Path, *, bearer: str = "", without: tuple[str, ...] = ()) -> None:
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{site.url}/api/openapi.json",
        "--checks", _CHECKS, "--max-examples", str(_EXAMPLES), "--seed", str(_SEED), "--no-shrink",
        "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--suppress-health-check", "all",
        "--request-timeout", "20", "--warnings", "off", "--no-color",
    ]  # fmt: skip
    for operation in (*_ENDLESS, *without):
        command += ["--exclude-operation-id", operation]
    if bearer:
        command += ["--header", f"Authorization: Bearer {bearer}"]
    asked = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=280)
    assert asked.returncode == 0, asked.stdout[-12_000:] + asked.stderr[-2000:]


async def test_for_a_stranger(site: Site, tmp_path: Path) -> None:
    await asyncio.to_thread(_keeps_the_contract, site, tmp_path)


async def test_for_an_admin_with_an_access_token(site: Site, tmp_path: Path) -> None:
    """An Admin of its own: the run changes accounts, and may well change the one that it calls with."""
    token = await _new_admin(site, "contract-admin")
    await asyncio.to_thread(_keeps_the_contract, site, tmp_path, bearer=token, without=_OWN_END)


async def test_for_a_program_with_an_api_key(site: Site, tmp_path: Path) -> None:
    token = await _new_admin(site, "contract-program")
    async with httpx.AsyncClient(base_url=site.url, headers={"Authorization": f"Bearer {token}"}) as client:
        wanted = {"name": "contract", "scopes": ["read", "write", "generate", "moderate", "admin"]}
        made = await client.post("/api/v1/me/api-keys", json=wanted)
    await asyncio.to_thread(_keeps_the_contract, site, tmp_path, bearer=made.json()["key"])


async def _new_admin(site: Site, username: str) -> str:
    """The access token of a new Admin."""
    async with httpx.AsyncClient(base_url=site.url) as client:
        first = await _token(client, site.admin_username, site.admin_password)
        body = {"email": f"{username}@example.org", "username": username, "password": PASSWORD, "role": "Admin"}
        made = await client.post("/api/v1/admin/users", json=body, headers={"Authorization": f"Bearer {first}"})
        assert made.status_code == 201, made.text
        return await _token(client, username, PASSWORD)


async def _token(client: httpx.AsyncClient, username: str, password: str) -> str:
    answer = await client.post("/api/v1/auth/token", data={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token

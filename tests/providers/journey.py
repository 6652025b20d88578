"""The way to a provider and back without a browser: the gallery's answers followed by hand, the form sent."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx


async def sign_in_by(client: httpx.AsyncClient, provider: str, target: str = "/") -> httpx.Response:
    """The callback's answer to somebody who allowed everything."""
    return await client.get(await consent(await leave(client, provider, target)))


async def link_by(client: httpx.AsyncClient, provider: str, csrf_token: str) -> httpx.Response:
    """The callback's answer to somebody signed in who links this provider."""
    page = await client.post(f"/auth/{provider}/link", data={"csrf_token": csrf_token})
    return await client.get(await consent(onward(page)))


async def leave(client: httpx.AsyncClient, provider: str, target: str = "/") -> str:
    """Where the gallery sends somebody who wants to sign in."""
    answer = await client.get(f"/auth/{provider}/login", params={"next": target})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def consent(url: str, decision: str = "allow") -> str:
    """Where the provider sends its user back to, who presses this button on its page at `url`."""
    async with httpx.AsyncClient() as browser:
        page = await browser.get(url)
        assert page.status_code == 200, page.text
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
        form = {unescape(name): unescape(value) for name, value in hidden}
        answer = await browser.post(page.url, data={**form, "decision": decision})
    return str(answer.headers["location"])


def onward(page: httpx.Response) -> str:
    """Where a page that leaves at once leads to."""
    assert page.status_code == 200, page.headers
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]*)"', page.text)
    assert found, page.text
    return unescape(found[1])


def query_of(url: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}

"""Rate limits: waits that grow, for those who guess and not for those who are guessed at; closed when Redis is gone."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from redis.exceptions import RedisError

from clonegallery import events, throttle
from clonegallery.accounts import service
from clonegallery.accounts.schemas import Caller
from clonegallery.api.app import create_api
from clonegallery.errors import Invalid, NotSignedIn, TooManyRequests
from clonegallery.models.account import Role
from clonegallery.settings import get_settings
from clonegallery.throttle import Bucket
from tests.accounts.ground import AWAY, HOME, audit_lines, make
from tests.api.signing import make as make_person
from tests.api.signing import signed_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("database")

WRONG = "wrong horse battery"


async def _guess(times: int, caller: Caller = AWAY, login: str = "bob") -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            await service.sign_in(login, WRONG, caller=caller)


async def test_the_waits_grow_the_more_one_tries() -> None:
    waits = [await _wait_after_windows(number) for number in range(4)]
    for wait, (least, most) in zip(waits, ((1, 60), (61, 900), (901, 3600), (3601, 86400)), strict=True):
        assert least <= wait <= most


async def _wait_after_windows(number: int) -> int:
    """How long one waits who tries as often as the `number` shortest limits allow, their windows passing each time."""
    who = ("bob", "198.51.100.9")
    while True:
        for shorter in throttle._limits(Bucket.SIGN_IN)[:number]:
            await throttle._limiter().clear(shorter, Bucket.SIGN_IN, *who)
        try:
            await throttle.take(Bucket.SIGN_IN, *who)
        except TooManyRequests as refused:
            return refused.retry_after or 0


async def test_one_is_told_the_longest_wait_that_holds() -> None:
    """After ten tries in a minute another minute would be in vain."""
    shortest = throttle._limits(Bucket.SIGN_IN)[0]
    for _ in range(2):
        await throttle._limiter().clear(shortest, Bucket.SIGN_IN, "bob")
        for _ in range(5):
            await throttle.take(Bucket.SIGN_IN, "bob")
    with pytest.raises(TooManyRequests) as refused:
        await throttle.check(Bucket.SIGN_IN, "bob")
    assert refused.value.retry_after is not None
    assert 60 < refused.value.retry_after <= 900


async def test_who_is_refused_is_told_when_to_come_back() -> None:
    for _ in range(5):
        await throttle.take(Bucket.MAIL, "bob")
    with pytest.raises(TooManyRequests) as refused:
        await throttle.take(Bucket.MAIL, "bob")
    assert refused.value.headers() == {"Retry-After": str(refused.value.retry_after)}
    assert refused.value.detail.startswith("Too many messages were asked for. Try again in 60 minutes")


@pytest.mark.parametrize("other", [(Bucket.REGISTER, "bob"), (Bucket.MAIL, "eve"), (Bucket.MAIL, "bob", "x")])
async def test_each_bucket_and_each_person_is_counted_apart(other: tuple[Bucket, str]) -> None:
    for _ in range(5):
        await throttle.take(Bucket.MAIL, "bob")
    await throttle.take(*other)


async def test_looking_counts_nothing_and_forgiving_forgets() -> None:
    for _ in range(20):
        await throttle.check(Bucket.MAIL, "bob")
    for _ in range(5):
        await throttle.take(Bucket.MAIL, "bob")
    with pytest.raises(TooManyRequests):
        await throttle.check(Bucket.MAIL, "bob")
    await throttle.forgive(Bucket.MAIL, "bob")
    await throttle.take(Bucket.MAIL, "bob")


async def test_many_at_once_get_no_more_than_one_after_another() -> None:
    takes = (throttle.take(Bucket.SIGN_IN, "bob", "198.51.100.9") for _ in range(40))
    answers = await asyncio.gather(*takes, return_exceptions=True)
    assert answers.count(None) == 5


async def test_news_is_told_once() -> None:
    told = await asyncio.gather(*(throttle.is_news("what", "happened") for _ in range(10)))
    assert sorted(told) == [False] * 9 + [True]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unix:"),
    ],
)
def test_a_site_with_many_addresses_is_counted_as_one(address: str, network: str) -> None:
    assert throttle.network_of(address) == network


@pytest.mark.parametrize("text", ["", "bob", "\ud800", "\x00", "x" * 1_000_000])
def test_what_was_typed_is_counted_under_a_short_name_that_tells_nothing(text: str) -> None:
    assert len(throttle.fingerprint(text)) == 32
    assert throttle.fingerprint("Bob ") == throttle.fingerprint("bob")


async def test_guessing_is_slowed_down_where_it_comes_from_and_nowhere_else() -> None:
    await make("bob")
    await _guess(5)
    with pytest.raises(TooManyRequests):
        await service.sign_in("bob", PASSWORD, caller=AWAY)
    with pytest.raises(TooManyRequests):
        await service.issue_tokens("BOB@example.org", PASSWORD, caller=AWAY)
    assert (await service.sign_in("bob", PASSWORD, caller=HOME)).viewer.username == "bob"


async def test_whoever_is_signed_in_meets_none_of_this() -> None:
    await make("bob")
    token = (await service.sign_in("bob", PASSWORD, caller=AWAY)).token
    program = await service.issue_tokens("bob", PASSWORD, caller=AWAY)
    await _guess(5)
    with pytest.raises(TooManyRequests):
        await service.sign_in("bob", WRONG, caller=AWAY)
    assert await service.viewer_for_session(token)
    assert await service.viewer_for_bearer(program.access_token)
    assert await service.refresh(program.refresh_token, caller=AWAY)


async def test_the_right_password_is_forgiven_its_typing_errors() -> None:
    await make("bob")
    for _ in range(4):
        await _guess(4)
        await service.sign_in("bob", PASSWORD, caller=AWAY)


async def test_names_that_nobody_has_are_slowed_down_too() -> None:
    await _guess(5, login="nobody")
    with pytest.raises(TooManyRequests) as unknown:
        await service.sign_in("NOBODY", WRONG, caller=AWAY)
    await make("bob")
    await _guess(5)
    with pytest.raises(TooManyRequests) as known:
        await service.sign_in("bob", WRONG, caller=AWAY)
    assert unknown.value.detail.split(".")[0] == known.value.detail.split(".")[0]


async def test_one_password_on_many_accounts_is_slowed_down_by_address() -> None:
    for _ in range(60):
        await throttle.count(Bucket.SIGN_IN_ADDRESS, throttle.network_of(AWAY.address))
    await make("bob")
    with pytest.raises(TooManyRequests) as refused:
        await service.sign_in("bob", PASSWORD, caller=AWAY)
    assert "from this address" in refused.value.detail
    assert await service.sign_in("bob", PASSWORD, caller=HOME)


async def test_many_addresses_on_one_account_do_not_shut_its_owner_out_at_home() -> None:
    """Not even where the owner had signed out: only strangers' addresses wait."""
    bob = await make("bob")
    signed = await service.sign_in("bob", PASSWORD, caller=HOME)
    await service.sign_out(signed.viewer)
    for _ in range(100):
        await throttle.count(Bucket.SIGN_IN_ACCOUNT, str(bob.id))
    with pytest.raises(TooManyRequests) as refused:
        await service.sign_in("bob", PASSWORD, caller=AWAY)
    assert "to this account" in refused.value.detail
    assert (await service.sign_in("bob", PASSWORD, caller=HOME)).viewer.username == "bob"


async def test_a_new_member_is_known_where_they_registered() -> None:
    made = await service.register_in_browser(email="eve@example.org", username="eve", password=PASSWORD, caller=HOME)
    await service.sign_out(made.viewer)
    for _ in range(100):
        await throttle.count(Bucket.SIGN_IN_ACCOUNT, str(made.viewer.id))
    assert await service.sign_in("eve", PASSWORD, caller=HOME)


async def test_at_home_guessing_is_slowed_down_as_well() -> None:
    await make("bob")
    await service.sign_in("bob", PASSWORD, caller=HOME)
    await _guess(5, HOME)
    with pytest.raises(TooManyRequests):
        await service.sign_in("bob", WRONG, caller=HOME)


async def test_a_flood_fills_no_log() -> None:
    await make("bob")
    await _guess(5)
    for _ in range(10):
        with pytest.raises(TooManyRequests):
            await service.sign_in("bob", WRONG, caller=AWAY)
    assert len(await audit_lines("session.sign_in_throttled")) == 1
    assert len(await audit_lines("session.sign_in_failed")) == 5


@pytest.fixture
async def no_redis(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A client, signed in as Bob, whose gallery has just lost Redis."""
    await signed_in(client, await make_person("bob", Role.EDITOR))
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    await events.close_redis()
    yield client
    await events.close_redis()
    monkeypatch.undo()
    get_settings.cache_clear()


async def test_without_redis_nobody_signs_in_and_everybody_reads(no_redis: httpx.AsyncClient) -> None:
    form = {"username": "bob", "password": PASSWORD}
    account = {"email": "eve@example.org", "username": "eve", "password": PASSWORD}
    refused = [
        await no_redis.post("/api/v1/auth/token", data=form),
        await no_redis.post("/api/v1/auth/register", json=account),
        await no_redis.post("/api/v1/auth/forgot-password", json={"email": "bob@example.org"}),
    ]
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
    page = await no_redis.post("/auth/login", data=form)
    assert (page.status_code, page.headers["location"]) == (303, "/login?error=unavailable")
    assert page.headers["retry-after"]
    for path in ("/api/v1/me", "/api/v1/images", "/api/v1/me/sessions"):
        assert (await no_redis.get(path)).status_code == 200
    assert len(await service.list_users()) == 1


async def test_without_redis_no_password_is_even_looked_at(no_redis: httpx.AsyncClient) -> None:
    with pytest.raises(RedisError):
        await service.sign_in("bob", PASSWORD)
    with pytest.raises(Invalid):
        await service.ask_password_reset("no address")


async def test_every_refusal_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    await make("bob")
    for path, sent, times in (
        ("/api/v1/auth/token", {"data": {"username": "bob", "password": WRONG}}, 5),
        ("/api/v1/auth/forgot-password", {"json": {"email": "bob@example.org"}}, 5),
    ):
        for _ in range(times):
            assert (await client.post(path, **sent)).status_code in (401, 202)  # type: ignore[arg-type] # Either kind of body.
        answer = await client.post(path, **sent)  # type: ignore[arg-type] # As above.
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        assert 0 < int(answer.headers["retry-after"]) <= 3600
    page = await client.post("/auth/login", data={"username": "bob", "password": PASSWORD})
    assert page.headers["location"] == "/login?error=too_many"
    assert 0 < int(page.headers["retry-after"]) <= 60


@pytest.mark.parametrize("hops", [0, 1])
async def test_only_what_trusted_proxies_say_decides_whose_tries_they_are(
    database: None, hops: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUSTED_PROXY_HOPS", str(hops))
    get_settings.cache_clear()
    await make("bob")
    transport = httpx.ASGITransport(create_api())
    get_settings.cache_clear()
    statuses = []
    async with httpx.AsyncClient(transport=transport, base_url=get_settings().origin) as client:
        for n in range(7):
            forwarded = f"203.0.113.{n}, 198.51.100.9"  # Only the last was written by a proxy.
            answer = await client.post(
                "/api/v1/auth/token",
                data={"username": "bob", "password": WRONG},
                headers={
                    "X-Forwarded-For": forwarded,
                    "Forwarded": f"for=203.0.113.{n}",
                    "X-Real-IP": f"203.0.113.{n}",
                },
            )
            statuses.append(answer.status_code)
    assert statuses == [401] * 5 + [429] * 2
    monkeypatch.undo()
    get_settings.cache_clear()
    assert {line.address for line in await audit_lines()} - {""} == {"198.51.100.9" if hops else "127.0.0.1"}

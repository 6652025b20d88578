"""Refresh tokens: single use in families, honest races survive, and a copy ends the family."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from clonegallery.accounts import service
from clonegallery.accounts.schemas import TokenPair
from clonegallery.clock import utcnow
from clonegallery.db import unit_of_work
from clonegallery.errors import NotSignedIn
from clonegallery.models.account import LoginSession, Role, User
from clonegallery.models.credential import RefreshToken
from tests.accounts.ground import AWAY, audit_lines, by_token, change, column, count, make
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def _bob(database: None) -> None:
    await make("bob")


async def _first() -> TokenPair:
    return await service.issue_tokens("bob", PASSWORD)


async def _is_dead(pair: TokenPair) -> bool:
    """Whether neither token of `pair` opens anything."""
    for attempt in (service.refresh(pair.refresh_token), service.viewer_for_bearer(pair.access_token)):
        try:
            await attempt
        except NotSignedIn:
            continue
        return False
    return True


async def _age_grace() -> None:
    async with unit_of_work() as work:
        used = update(RefreshToken).where(col(RefreshToken.used_at).is_not(None))
        await work.session.execute(used.values(used_at=utcnow() - timedelta(seconds=11)))


async def test_each_token_gives_the_next_and_the_sign_in_stays_the_same() -> None:
    pairs = [await _first()]
    for _ in range(3):
        pairs.append(await service.refresh(pairs[-1].refresh_token))
    assert len({pair.refresh_token for pair in pairs}) == 4
    assert len({pair.access_token for pair in pairs}) == 4
    viewers = [await service.viewer_for_bearer(pair.access_token) for pair in pairs]
    assert len({viewer.session_id for viewer in viewers}) == 1
    assert await count(LoginSession) == 1


async def test_only_hashes_are_stored() -> None:
    pair = await _first()
    await service.refresh(pair.refresh_token)
    hashes = await column(col(RefreshToken.token_hash))
    assert len(hashes) == 2
    assert all(pair.refresh_token.encode() not in value for value in hashes)


async def test_using_an_old_token_again_ends_the_whole_family() -> None:
    first = await _first()
    second = await service.refresh(first.refresh_token)
    await _age_grace()
    with pytest.raises(NotSignedIn):
        await service.refresh(first.refresh_token, caller=AWAY)
    assert await _is_dead(first)
    assert await _is_dead(second)
    assert await count(LoginSession) == 0
    (line,) = await audit_lines("session.refresh_reused")
    assert (line.address, line.user_agent) == (AWAY.address, AWAY.user_agent)


async def test_another_family_of_the_same_person_lives_on() -> None:
    first, other = await _first(), await _first()
    await service.refresh(first.refresh_token)
    await _age_grace()
    with pytest.raises(NotSignedIn):
        await service.refresh(first.refresh_token)
    assert (await service.viewer_for_bearer(other.access_token)).username == "bob"
    assert await service.refresh(other.refresh_token)


@pytest.mark.parametrize("racers", [2, 20])
async def test_honest_requests_that_race_get_the_same_successor(racers: int) -> None:
    first = await _first()
    pairs = await asyncio.gather(*(service.refresh(first.refresh_token) for _ in range(racers)))
    assert len({pair.refresh_token for pair in pairs}) == 1
    for pair in pairs:
        assert (await service.viewer_for_bearer(pair.access_token)).username == "bob"
    assert await service.refresh(pairs[0].refresh_token)
    assert await audit_lines("session.refresh_reused") == []


async def test_the_grace_is_for_the_immediate_predecessor_only() -> None:
    first = await _first()
    second = await service.refresh(first.refresh_token)
    assert (await service.refresh(first.refresh_token)).refresh_token == second.refresh_token
    third = await service.refresh(second.refresh_token)
    with pytest.raises(NotSignedIn):
        await service.refresh(first.refresh_token)
    assert await _is_dead(third)


async def test_a_thief_and_the_owner_cannot_both_go_on() -> None:
    """Whoever comes second with the same token after the grace ends both."""
    stolen = await _first()
    thief = await service.refresh(stolen.refresh_token)
    await _age_grace()
    with pytest.raises(NotSignedIn):
        await service.refresh(stolen.refresh_token)
    assert await _is_dead(thief)


async def test_refreshing_does_not_lengthen_the_absolute_life() -> None:
    first = await _first()
    ends = await column(col(LoginSession.expires_at))
    second = await service.refresh(first.refresh_token)
    assert await column(col(LoginSession.expires_at)) == ends
    await change(LoginSession, expires_at=utcnow() - timedelta(seconds=1))
    assert await _is_dead(second)


async def test_an_idle_family_ends() -> None:
    pair = await _first()
    await change(LoginSession, last_seen_at=utcnow() - timedelta(days=15))
    assert await _is_dead(pair)


async def test_refreshing_counts_as_use() -> None:
    pair = await _first()
    await change(LoginSession, last_seen_at=utcnow() - timedelta(days=13))
    await service.refresh(pair.refresh_token)
    assert (await column(col(LoginSession.last_seen_at)))[0] > utcnow() - timedelta(minutes=1)


@pytest.mark.parametrize("how", ["disabled", "reset", "changed", "signed out"])
async def test_being_shut_out_ends_tokens_too(how: str) -> None:
    pair = await _first()
    if how == "disabled":
        await service.disable("bob")
        await service.enable("bob")
    elif how == "reset":
        await service.reset_password("bob")
    elif how == "changed":
        await service.change_password(await by_token(), PASSWORD, "another horse battery")
    else:
        await service.sign_out(await service.viewer_for_bearer(pair.access_token))
    assert await _is_dead(pair)


async def test_a_disabled_flag_alone_is_enough() -> None:
    pair = await _first()
    await change(User, is_active=False)
    assert await _is_dead(pair)


async def test_a_new_role_is_in_force_before_the_next_refresh() -> None:
    pair = await _first()
    await service.set_role("bob", Role.VISITOR)
    assert (await service.viewer_for_bearer(pair.access_token)).role is Role.VISITOR
    renewed = await service.refresh(pair.refresh_token)
    assert (await service.viewer_for_bearer(renewed.access_token)).role is Role.VISITOR


async def test_a_refresh_that_races_with_a_new_password_leaves_nothing_alive() -> None:
    first = await _first()
    outcomes = await asyncio.gather(
        *(service.refresh(first.refresh_token) for _ in range(5)), service.reset_password("bob"), return_exceptions=True
    )
    for pair in [first, *(outcome for outcome in outcomes if isinstance(outcome, TokenPair))]:
        assert await _is_dead(pair)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 43, "\x00" * 43, "\ud800", "A" * 1_000_000])
async def test_made_up_tokens_are_refused(token: str) -> None:
    with pytest.raises(NotSignedIn):
        await service.refresh(token)


async def test_no_other_secret_serves_as_a_refresh_token() -> None:
    pair, browser = await _first(), await service.sign_in("bob", PASSWORD)
    for secret in (pair.access_token, browser.token, browser.viewer.csrf_token):
        with pytest.raises(NotSignedIn):
            await service.refresh(secret)
    with pytest.raises(NotSignedIn):
        await service.viewer_for_bearer(pair.refresh_token)
    assert await service.viewer_for_session(pair.refresh_token) is None

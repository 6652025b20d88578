"""Passwords: what is accepted, that only the right one opens, and that old hashes are made anew."""

import asyncio

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from clonegallery.accounts import passwords
from clonegallery.errors import Invalid, TooManyRequests


@pytest.mark.parametrize("password", ["82917364", "x" * 256, "pass word with spaces", "пароль-пароль", "🏔️🏔️🏔️🏔️🏔️🏔️🏔️🏔️"])
def test_any_characters_will_do_from_8_to_256(password: str) -> None:
    passwords.check_password(password)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257, "nul\x00inside", "lone \ud800 surrogate"])
def test_unusable_passwords_are_refused_by_field(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_password(password, field="new_password")
    assert [error.field for error in refused.value.errors] == ["new_password"]


async def test_only_the_right_password_opens() -> None:
    stored = await passwords.hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify_password("correct horse battery", stored) == (True, None)
    assert await passwords.verify_password("correct horse batterz", stored) == (False, None)


async def test_the_same_letters_typed_in_another_way_are_the_same_password() -> None:
    composed, decomposed = "caf\u00e9-caf\u00e9", "cafe\u0301-cafe\u0301"
    assert composed != decomposed
    assert (await passwords.verify_password(decomposed, await passwords.hash_password(composed)))[0]


@pytest.mark.parametrize("password", ["", "x" * 100_000, "nul\x00", "\ud800"])
async def test_unusable_input_is_wrong_not_an_error(password: str) -> None:
    stored = await passwords.hash_password("correct horse battery")
    assert await passwords.verify_password(password, stored) == (False, None)


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$broken"])
async def test_without_a_readable_hash_nothing_opens(stored: str | None) -> None:
    assert await passwords.verify_password("correct horse battery", stored) == (False, None)


async def test_the_made_up_hash_opens_for_nobody_and_costs_the_same() -> None:
    made_up = passwords._made_up_hash()
    real = await passwords.hash_password("correct horse battery")
    assert made_up.split("$")[:4] == real.split("$")[:4]
    assert await passwords.verify_password("", None) == (False, None)


async def test_a_hash_with_other_parameters_is_made_anew() -> None:
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),)).hash("correct horse battery")
    right, renewed = await passwords.verify_password("correct horse battery", weak)
    assert right
    assert renewed is not None
    assert renewed.split("$")[3] == "m=19456,t=2,p=1"
    assert await passwords.verify_password("correct horse battery", renewed) == (True, None)


async def test_hashing_leaves_the_loop_free() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await passwords.hash_password("correct horse battery")
    ticking.cancel()
    assert ticks > 10


async def test_a_flood_of_sign_ins_is_refused_instead_of_queued_for_ever() -> None:
    flood = [passwords.verify_password("x" * 8, None) for _ in range(passwords._MAX_WAITING + 20)]
    answers = await asyncio.gather(*flood, return_exceptions=True)
    assert sum(isinstance(answer, TooManyRequests) for answer in answers) == 20
    assert await passwords.verify_password("x" * 8, None) == (False, None)


def test_generated_passwords_are_long_and_all_different() -> None:
    made = {passwords.generate_password() for _ in range(100)}
    assert len(made) == 100
    assert {len(password) for password in made} == {20}

"""Passwords: Argon2id, hashed in threads of their own so that neither the event loop nor the memory suffers."""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from clonegallery.errors import FieldError, Invalid, TooManyRequests
from clonegallery.log import get_logger

log = get_logger(__name__)

MIN_LENGTH = 8
MAX_LENGTH = 256
GENERATED_LENGTH = 20
_THREADS = 2
_MAX_WAITING = 100
# No 0/O, 1/l/I: a generated password is read from a terminal and typed by hand.
_ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

T = TypeVar("T")

# OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, two passes, one lane.
_hashers = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))


class _Hashing:
    """The threads that hash: their number bounds memory, and the length of the queue how long a person can wait."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="password")
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, done in one of the threads. Raises `TooManyRequests` when too many wait already."""
        if self._waiting >= _MAX_WAITING:
            raise TooManyRequests("Too many people are signing in at this moment.", retry_after=2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


_hashing = _Hashing()


def check_password(password: str, *, field: str = "password") -> None:
    """Raises `Invalid`, naming `field`, unless `password` has 8 to 256 characters, is storable text, and not common.

    There are no other rules, as NIST SP 800-63B advises.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise _refused(field, f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.")
    if not _is_usable(password):
        raise _refused(field, "A password cannot hold NUL characters or broken Unicode.")
    if _normal(password).casefold() in _common_passwords():
        raise _refused(field, "This password is one of the first that anybody would try. Choose another.")


def generate_password() -> str:
    """A random password of 20 characters (116 bits), without characters that look alike."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(GENERATED_LENGTH))


async def hash_password(password: str) -> str:
    """The Argon2id hash of `password`, which must have passed `check_password`."""
    return await _hashing.run(lambda: _hashers.hash(_normal(password)))


async def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether `password` is the one behind `stored`, and a fresh hash where the stored one uses outdated parameters.

    Without a stored hash the same work is done on a made-up one, so that the time taken does not tell whether an
    account exists. Unusable input (too long, NUL) is wrong, never an error.
    """
    usable = len(password) <= MAX_LENGTH and _is_usable(password)
    return await _hashing.run(lambda: _verify(password if usable else "", stored if usable else None))


def _verify(password: str, stored: str | None) -> tuple[bool, str | None]:
    try:
        return _hashers.verify_and_update(_normal(password), stored or _made_up_hash())
    except PwdlibError:
        log.warning("a stored password hash cannot be read")
        return False, None


@cache
def _common_passwords() -> frozenset[str]:
    """The most used passwords that leaks have shown, in lower case, as the package `zxcvbn` lists them."""
    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= MIN_LENGTH)


@cache
def _made_up_hash() -> str:
    """The hash of a password that nobody knows, so that nothing ever matches it."""
    return _hashers.hash(secrets.token_urlsafe(16))


def _normal(password: str) -> str:
    """NFKC, as NIST SP 800-63B orders: the same password typed on another keyboard gives the same bytes."""
    return unicodedata.normalize("NFKC", password)


def _is_usable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _refused(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field, message)])

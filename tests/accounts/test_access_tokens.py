"""Access tokens: only what this gallery signed, for this very use, while it lasts."""

import base64
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from clonegallery.accounts import access_tokens
from clonegallery.accounts.access_tokens import audience, create_access_token, verify_token
from clonegallery.errors import NotSignedIn
from clonegallery.models.account import Role
from clonegallery.settings import Settings, get_settings

KEY = "k" * 40
OLD_KEY = "o" * 40


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JWT_SECRET", KEY)
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


def _kid() -> str:
    return next(iter(access_tokens._keys()))


def _claims(**changes: object) -> dict[str, Any]:
    """Claims that are right but for `changes`; None leaves one out."""
    now = int(time.time())
    right = {
        "iss": get_settings().origin, "aud": audience(), "sub": str(uuid4()), "sid": str(uuid4()),
        "jti": "x", "iat": now, "exp": now + 900, "token_use": "access", "role": "Editor",
    }  # fmt: skip
    return {name: value for name, value in (right | changes).items() if value is not None}


def _signed(claims: dict[str, Any], key: str = KEY, **header: Any) -> str:
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": _kid()} | header)


def _by_hand(header: bytes, claims: bytes = b"{}", signature: bytes = b"x" * 32) -> str:
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, claims, signature))


def _refused(token: str) -> None:
    with pytest.raises(NotSignedIn) as refused:
        verify_token(token)
    assert refused.value.detail == "This access token is not valid."


def test_a_token_says_whose_it_is_and_ends_within_a_quarter_of_an_hour() -> None:
    user_id, session_id = uuid4(), uuid4()
    token = create_access_token(user_id, Role.EDITOR, session_id)
    claims = verify_token(token)
    assert (claims["user_id"], claims["session_id"], claims["role"]) == (user_id, session_id, "Editor")
    said = jwt.decode(token, options={"verify_signature": False})
    assert set(said) == {"iss", "aud", "sub", "sid", "jti", "iat", "exp", "token_use", "role"}
    assert 0 < said["exp"] - said["iat"] <= 900
    assert create_access_token(user_id, Role.EDITOR, session_id) != token
    assert verify_token(_signed(_claims()))["role"] == "Editor"


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "token_use"])
def test_every_claim_is_required(claim: str) -> None:
    _refused(_signed(_claims(**{claim: None})))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example/api"},
        {"aud": ["http://localhost:8000/api", "https://other.example"]},
        {"iss": "https://other.example"},
        {"iss": "http://localhost:8000/"},
        {"token_use": "refresh"},
        {"token_use": "id"},
        {"token_use": ""},
        {"token_use": ["access"]},
        {"sub": "bob"},
        {"sub": 1},
        {"sub": {"id": 1}},
        {"sid": 7},
        {"sid": ["x"]},
        {"jti": 1},
        {"exp": "soon"},
        {"exp": []},
        {"exp": float("inf")},
        {"exp": True},
        {"iat": "now"},
        {"iat": float("inf")},
    ],
)
def test_a_claim_of_another_kind_or_value_is_refused(changes: dict[str, object]) -> None:
    _refused(_signed(_claims(**changes)))


@pytest.mark.parametrize("changes", [{"exp": -1}, {"exp": -3600}, {"iat": 60}, {"nbf": 60}])
def test_a_token_outside_its_time_is_refused(changes: dict[str, int]) -> None:
    now = int(time.time())
    _refused(_signed(_claims(**{claim: now + seconds for claim, seconds in changes.items()})))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS384", "RS256", ""])
@pytest.mark.parametrize("signature", [b"", b"x" * 32])
def test_no_other_algorithm_is_believed(algorithm: str, signature: bytes) -> None:
    header = json.dumps({"alg": algorithm, "typ": "JWT", "kid": _kid()}).encode()
    _refused(_by_hand(header, json.dumps(_claims()).encode(), signature))


def test_another_length_of_the_same_kind_is_no_less_foreign() -> None:
    _refused(jwt.encode(_claims(), KEY * 2, algorithm="HS512", headers={"kid": _kid()}))
    _refused(jwt.encode(_claims(), KEY * 2, algorithm="HS384", headers={"kid": _kid()}))


def test_a_public_key_is_neither_a_secret_nor_a_judge() -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _refused(jwt.encode(_claims(), private, algorithm="RS256", headers={"kid": _kid()}))
    pem = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    # PyJWT itself refuses to sign by HMAC with a PEM; an attacker does not.
    header = json.dumps({"alg": "HS256", "kid": _kid()}).encode()
    unsigned = _by_hand(header, json.dumps(_claims()).encode(), b"").rstrip(".")
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(unsigned.encode(), pem)
    _refused(unsigned + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode())


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://evil.example/jwks.json"},
        {"jwk": {"kty": "oct", "k": base64.urlsafe_b64encode(b"e" * 40).decode()}},
        {"x5u": "https://evil.example/cert.pem"},
        {"x5c": ["MIIB"]},
    ],
)
def test_where_the_header_says_the_key_is_nobody_looks(header: dict[str, Any]) -> None:
    _refused(_signed(_claims(), "e" * 40, **header))
    # Even a right signature counts by our key alone; the header's word changes nothing.
    assert verify_token(_signed(_claims(), **header))["jti"] == "x"


@pytest.mark.parametrize(
    "kid",
    ["unknown", "", "../../../../dev/null", "/etc/passwd", "' UNION SELECT 'key' --", "\x00", "é", "0"],
)
def test_a_foreign_kid_names_no_key(kid: str) -> None:
    _refused(_signed(_claims(), kid=kid))


@pytest.mark.parametrize("kid", [b"1", b"null", b"[]", b'{"a": 1}', b'"\\ud800"', b"1e999"])
def test_a_kid_that_is_no_text_names_no_key(kid: bytes) -> None:
    _refused(_by_hand(b'{"alg": "HS256", "kid": ' + kid + b"}", json.dumps(_claims()).encode()))


def test_without_a_kid_no_key_is_guessed() -> None:
    _refused(jwt.encode(_claims(), KEY, algorithm="HS256"))


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "..", "...", "a.b.c", "x" * 43, "é.é.é", "\ud800", " ", "null", "cg_", secrets.token_urlsafe(32),
        _by_hand(b"[" * 3000), _by_hand(b"\xff\xfe"), _by_hand(b"1" * 3000), _by_hand(b'"text"'), _by_hand(b"null"),
    ],
)  # fmt: skip
def test_what_is_no_token_is_refused_in_the_same_words(token: str) -> None:
    _refused(token)


def test_a_huge_token_is_not_even_looked_into() -> None:
    assert verify_token(_signed(_claims(role="r" * 1000)))
    _refused(_signed(_claims(role="r" * 4000)))
    _refused("." * 10_000_000)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_that_was_touched_is_refused(part: int) -> None:
    parts = _signed(_claims()).split(".")
    middle = len(parts[part]) // 2
    flipped = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + flipped + parts[part][middle + 1 :]
    _refused(".".join(parts))


def test_keys_rotate_and_the_old_one_holds_until_it_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", OLD_KEY)
    get_settings.cache_clear()
    old_kid, old = _kid(), create_access_token(uuid4(), Role.VISITOR, uuid4())
    monkeypatch.setenv("JWT_SECRET", KEY)
    monkeypatch.setenv("JWT_PREVIOUS_SECRETS", json.dumps([OLD_KEY]))
    get_settings.cache_clear()
    assert verify_token(old)["role"] == "Visitor"
    new = create_access_token(uuid4(), Role.VISITOR, uuid4())
    assert jwt.get_unverified_header(new)["kid"] == _kid() != old_kid
    # Each key speaks for itself only: the name of one does not lend its trust to another.
    _refused(_signed(_claims(), OLD_KEY, kid=_kid()))
    monkeypatch.setenv("JWT_PREVIOUS_SECRETS", "[]")
    get_settings.cache_clear()
    _refused(old)
    assert verify_token(new)


def test_the_name_of_a_key_tells_nothing_of_it() -> None:
    assert KEY not in _kid()
    assert len(_kid()) == 16


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("access_token_seconds", 901),
        ("access_token_seconds", 0),
        ("jwt_secret", "s" * 31),
        ("jwt_previous_secrets", ["s" * 31]),
        ("jwt_previous_secrets", [KEY, ""]),
        ("secret_key", "s" * 31),
    ],
)
def test_long_lives_and_short_keys_are_refused_at_the_start(setting: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(_env_file=None, **{setting: value})  # type: ignore[arg-type] # Environment values arrive as text.
    assert "s" * 31 not in str(refused.value)

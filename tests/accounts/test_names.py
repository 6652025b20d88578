"""Usernames and e-mail addresses."""

import pytest

from clonegallery.accounts.names import check_email, check_username
from clonegallery.errors import Invalid


@pytest.mark.parametrize("username", ["bob", "Alice.B-c_d", "x1y", "a" * 50])
def test_good_usernames(username: str) -> None:
    check_username(username)


@pytest.mark.parametrize(
    "username",
    ["", "ab", "a" * 51, "bob@x", "-bob", "bob.", "b ob", "bob\n", "bób", "bob\x00", "../bob", "me", "ME", "null"],
)
def test_bad_usernames_are_refused_by_field(username: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_username(username)
    assert [error.field for error in refused.value.errors] == ["username"]


@pytest.mark.parametrize(
    "email",
    ["a@b", "admin@clonegallery.local", "first.last+tag@sub.example.org", "ü@example.org", "o'hara=x@b", "ÀÉ@b.c"],
)
def test_good_addresses(email: str) -> None:
    check_email(email)


@pytest.mark.parametrize(
    "email",
    ["", "a", "@b.c", "a@", "a@@b.c", "a b@c.d", "a@b c", "a@b.c\nBcc: x@y.z", "a@-b.c", "x" * 65 + "@b.c",
     "a@" + "b" * 254, "<a@b.c>", "a,b@c.d", "a\u202e@b.c", "group:a@b.c",
     "a[b@c.d", "a..b@c.d", ".a@b.c", "a.@b.c", "a@b..c", "a@b.c.", "a@.b.c", "a@b-.c", "a@[127.0.0.1]",
     "=?utf-8?q?evil=40evil.example?=@b.c", "=?utf-8?q?=0d=0aBcc:x=40y.z?=@b.c", "a@b\u2113.c", "a@xn\u0130.c",
     "\uff41@b.c", "\u212aelvin@b.c", "\u0130@b.c", "\ufb01@b.c", "e\u0301@b.c", "\ud800@b.c", "a\x00@b.c"],
)  # fmt: skip
def test_bad_addresses_are_refused_by_field(email: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_email(email)
    assert [error.field for error in refused.value.errors] == ["email"]

"""What the sign-in page reads from its address."""

from clonegallery.ui.pages.login import read_address


def test_the_way_back_and_the_reason_are_read() -> None:
    assert read_address("/login?next=%2Fupload&error=credentials") == (
        "/upload",
        "The username or the password is not right.",
    )


def test_unknown_reasons_say_nothing() -> None:
    assert read_address("/login?error=<b>x</b>") == ("/", "")

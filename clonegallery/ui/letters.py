"""What pages say of a letter that was just asked for: the truth also where no mail is set up."""

from clonegallery.mail import sends_mail

_WITH_OPERATOR = "This gallery sends no mail: its operator has the link and can pass it on to you."


def verification_sent(email: str) -> str:
    """After the link was asked for that verifies `email`."""
    return f"A letter is on its way to {email}." if sends_mail() else _WITH_OPERATOR


def new_address_sent(email: str) -> str:
    """After the link was asked for that makes `email` one's address."""
    onwards = f"Follow the link in the letter to {email}." if sends_mail() else _WITH_OPERATOR
    return f"{onwards} Until then your address stays."

"""Nobody is told of a letter that nobody sends."""

from clonegallery.ui.letters import new_address_sent, verification_sent
from tests.conftest import Services
from tests.ui.conftest import Configure


def test_without_mail_the_operator_has_the_link(services: Services) -> None:
    for said in (verification_sent("a@b"), new_address_sent("a@b")):
        assert "operator has the link" in said
        assert "letter" not in said


def test_with_mail_the_letter_goes_to_the_address(services: Services, configure: Configure) -> None:
    configure(SMTP_URL="smtp://127.0.0.1:2525")
    assert verification_sent("a@b") == "A letter is on its way to a@b."
    assert new_address_sent("a@b") == "Follow the link in the letter to a@b. Until then your address stays."

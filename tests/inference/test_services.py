"""The services that the operator has keys for."""

import pytest

from clonegallery.inference.port import Provider
from clonegallery.inference.services import is_loopback, service_of, services
from clonegallery.settings import Settings
from tests.inference.ground import settings_for
from tests.providers.paid import KEY


def test_services_are_those_with_a_key() -> None:
    assert services(Settings()) == []
    assert [one.name for one in services(settings_for(Provider.OPENAI, "https://api.openai.com/v1/"))] == ["OpenAI"]


def test_a_service_never_shows_its_key() -> None:
    [service] = services(settings_for(Provider.REPLICATE, "https://api.replicate.com/"))
    assert (service.url, service.key) == ("https://api.replicate.com", KEY)
    assert KEY not in repr(service)


def test_this_machine_is_no_service() -> None:
    with pytest.raises(ValueError, match="no remote service"):
        service_of(Provider.LOCAL, Settings())


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback_is_told_by_the_very_name(host: str, here: bool) -> None:
    assert is_loopback(host) is here

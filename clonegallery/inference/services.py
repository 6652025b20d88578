"""The services that make pictures for money: where they are, and the key that opens them."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from clonegallery.inference.port import Provider
from clonegallery.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `name` is how people write it, `key` never shows in a repr."""

    provider: Provider
    name: str
    url: str
    key: str = field(repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether the service runs on this machine, as a stand-in or a gateway of the operator's own does."""
        return is_loopback(httpx.URL(self.url).host)


def service_of(provider: Provider, settings: Settings) -> Service:
    """The service behind `provider`; its key is empty where the operator has none. Raises `ValueError` for `local`."""
    match provider:
        case Provider.REPLICATE:
            name, url, key = "Replicate", settings.replicate_url, settings.replicate_api_token
        case Provider.OPENAI:
            name, url, key = "OpenAI", settings.openai_url, settings.openai_api_key
        case Provider.STABILITY:
            name, url, key = "Stability AI", settings.stability_url, settings.stability_api_key
        case Provider.LOCAL:
            raise ValueError("this machine is no remote service")
    return Service(provider, name, url.rstrip("/"), key.get_secret_value())


def services(settings: Settings) -> Sequence[Service]:
    """The services that the operator has a key for, in the order of `Provider`."""
    remote = (service_of(provider, settings) for provider in Provider if provider is not Provider.LOCAL)
    return [service for service in remote if service.key]


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine by its very name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

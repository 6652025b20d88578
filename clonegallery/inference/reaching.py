"""Whether a remote service answers and takes the key: one cheap question each, without any service's client."""

import asyncio

import httpx

from clonegallery.inference.port import Provider, Reach
from clonegallery.inference.services import Service
from clonegallery.inference.wire import NoAnswer, ProviderAnswer, Wire

_SECONDS = 5.0
_MAX_BYTES = 4 << 20
_PATHS = {
    Provider.REPLICATE: "/v1/account",
    Provider.OPENAI: "/models",
    Provider.STABILITY: "/v1/user/balance",
}


async def reach(service: Service) -> Reach:
    """Ask `service` who we are, or what it offers; answers within 5 seconds, and nothing is made or paid."""
    if not service.key:
        return Reach(False, f"There is no key for {service.name}.")
    try:
        async with asyncio.timeout(_SECONDS), httpx.AsyncClient(transport=Wire(_MAX_BYTES)) as http:
            await http.get(service.url + _PATHS[service.provider], headers={"Authorization": f"Bearer {service.key}"})
    except (TimeoutError, NoAnswer, httpx.HTTPError, httpx.InvalidURL):
        return Reach(False, f"{service.name} does not answer.")
    except ProviderAnswer as answer:
        return Reach(False, _why(service, answer.status))
    return Reach(True)


def _why(service: Service, status: int) -> str:
    match status:
        case 401 | 403:
            return f"{service.name} does not take the key."
        case 402:
            return f"The account with {service.name} is out of credit."
        case 429:
            return f"{service.name} has been asked too often."
    return f"{service.name} answers with an error ({status})."

"""One build for every port: the compiled pages talk to the host and port they were loaded from.

Reflex 0.10 writes the port of the build into the pages and replaces only the host name. The gallery serves pages, API
and websocket on one port that may change at every start, so the compiled client asks the browser for the port too.
"""

from typing import Any

from reflex_base.plugins import Plugin

_CLIENT = "utils/state.js"
_HOST_NAME_ONLY = "endpoint.hostname = frontend_hostname;"
_HOST_AND_PORT = "endpoint.host = window.location.host; endpoint.port = window.location.port;"
_DROPS_PORT = 'endpoint.port = ""; // Assume websocket is on https port via load balancer.'


class OnePortPlugin(Plugin):
    """Patches Reflex's client while it is compiled."""

    def pre_compile(self, **context: Any) -> None:
        context["add_modify_task"](_CLIENT, use_page_address)


def use_page_address(source: str) -> str:
    """`source`, Reflex's client, with the page's host and port in place of the build's; applied twice it is as once.

    Raises `ValueError` when the client is not the one this patch was written for, so that an upgrade cannot lose it.
    """
    if _HOST_AND_PORT in source:
        return source
    if source.count(_HOST_NAME_ONLY) != 1 or source.count(_DROPS_PORT) != 1:
        raise ValueError("Reflex's client has changed: look at getBackendURL in utils/state.js again")
    return source.replace(_HOST_NAME_ONLY, _HOST_AND_PORT).replace(_DROPS_PORT, "")

"""Which tabs are still there. Reflex ends by itself only what began with a page's load, and anybody can begin more."""

import reflex as rx

_APPS: list[rx.App] = []


def watch_sockets(app: rx.App) -> None:
    """Let `is_open` look at the sockets of `app`."""
    _APPS[:] = [app]


def is_open(state: rx.State) -> bool:
    """Whether the socket is still connected over which the event came that `state` is handling."""
    session_id = state.router.session.session_id
    spaces = [app.event_namespace for app in _APPS if app.event_namespace is not None]
    return not session_id or any(session_id in space.sid_to_token for space in spaces)

"""Line icons, drawn on a 24 by 24 grid. They are decoration: the control that holds one carries the words."""

import reflex as rx

_PATHS = {
    "arrow-left": "M19 12H5M11 18l-6-6 6-6",
    "browser": "M3 5h18v14H3zM3 9.5h18M6 7.2h.01M8.5 7.2h.01",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "chevron-down": "M5 9l7 7 7-7",
    "chevron-left": "M15 5l-7 7 7 7",
    "chevron-right": "M9 5l7 7-7 7",
    "close": "M6 6l12 12M18 6L6 18",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "display": "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
    "download": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "edit": "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
    "expand": "M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5",
    "filters": "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4",
    "heart": "M12 20.3C6.2 16 3.5 12.8 3.5 9.2A4.6 4.6 0 0 1 12 6.7a4.6 4.6 0 0 1 8.5 2.5c0 3.6-2.7 6.8-8.5 11.1z",
    "image": "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 8h.01",
    "keyboard": "M3 7h18v10H3zM7 10.5h.01M10.5 10.5h.01M14 10.5h.01M17.5 10.5h.01M8 14h8",
    "mail": "M3.5 6h17v12h-17zM4 7l8 6 8-6",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "restore": "M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5",
    "search": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5",
    "terminal": "M3 5h18v14H3zM7 9.5l3 2.5-3 2.5M12.5 15H17",
    "trash": "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5",
    "upload": "M12 16V5M7 9l5-5 5 5M5 20h14",
    "warning": "M12 4l9 16H3zM12 10v4.5M12 17.5h.01",
    "zoom": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5M8 11h6M11 8v6",
}


def icon(name: str, size: int = 20) -> rx.Component:
    """The icon `name`, `size` pixels square, in the colour of its text. Raises `KeyError` for no such icon."""
    return rx.el.svg(
        rx.el.path(d=_PATHS[name]),
        view_box="0 0 24 24",
        width=str(size),
        height=str(size),
        class_name="cg-icon",
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )

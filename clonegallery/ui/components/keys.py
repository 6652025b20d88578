"""The keyboard of a page. A control declares its key in `aria-keyshortcuts`; one listener clicks it."""

import reflex as rx
from reflex_base.vars import VarData
from reflex_base.vars.base import Var

_MODULE = "$/public/page_keys.js"


def keyboard() -> rx.Component:
    """Listens for the keys that the controls of this page declare. Draws nothing."""
    return KeyListener.create()


class KeyListener(rx.Fragment):
    """Adds `pressShortcut` of `assets/page_keys.js` to the window while the page is shown."""

    def add_imports(self) -> dict[str, str | list[str]]:
        return {"react": ["useEffect"], _MODULE: ["pressShortcut"]}

    def add_hooks(self) -> list[str]:
        return [
            """useEffect(() => {
                window.addEventListener("keydown", pressShortcut);
                return () => window.removeEventListener("keydown", pressShortcut);
            }, []);"""
        ]


def shortcut(*keys: str) -> dict[str, str]:
    """The attribute that gives a control its keys, for `custom_attrs`."""
    return {"aria-keyshortcuts": " ".join(keys)}


def going_back() -> dict[str, Var[str]]:
    """Makes a link go back in history where one came from the gallery itself, for `custom_attrs`."""
    return {"onClick": Var("goBack", _var_data=VarData(imports={_MODULE: ["goBack"]}))}


def neighbour(image_id: str, side: str, fallback: str) -> Var[str]:
    """The id of the picture at `side` (`previous`, `next`) in the order of the grid one came from, else `fallback`."""
    known, otherwise = Var.create(image_id), Var.create(fallback)
    call = f"neighbour({known!s}, {side!r}, {otherwise!s})"
    data = VarData.merge(
        known._get_all_var_data(), otherwise._get_all_var_data(), VarData(imports={_MODULE: ["neighbour"]})
    )
    return Var(call, _var_data=data).to(str)

"""The settings: one page, its sections one below the other, with links to each."""

import reflex as rx
from reflex_base.vars import VarData

from clonegallery.ui import routes, styles
from clonegallery.ui.components.guarded import guarded
from clonegallery.ui.pages.settings import keys, password, profile, providers, sessions
from clonegallery.ui.pages.settings.keys_state import KeysState
from clonegallery.ui.pages.settings.password import PasswordState
from clonegallery.ui.pages.settings.profile_state import ProfileState
from clonegallery.ui.pages.settings.providers_state import ProvidersState
from clonegallery.ui.pages.settings.sessions_state import SessionsState
from clonegallery.ui.template import template

TITLE = "Settings · CloneGallery"
ON_LOAD = (ProfileState.load, PasswordState.load, SessionsState.load, KeysState.load, ProvidersState.load)

_SHOW_NAMED: rx.Var[str] = rx.Var(
    "showNamedSection", _var_data=VarData(imports={"$/public/sections.js": ["showNamedSection"]})
)
_SECTIONS = (
    (profile.NAME, "Profile"),
    (password.NAME, "Password"),
    (sessions.NAME, "Sign-ins"),
    (keys.NAME, "API keys"),
    (providers.NAME, "Providers"),
)


def page() -> rx.Component:
    return template(
        guarded(_settings(), path=routes.SETTINGS),
        path=routes.SETTINGS,
        class_name=styles.PAGE,
    )


def _settings() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1("Settings", class_name=styles.TOOLBAR_TITLE),
            rx.el.nav(
                *(rx.el.a(label, href=f"#{name}") for name, label in _SECTIONS),
                aria_label="Sections",
                class_name="cg-section-links",
            ),
            class_name="cg-sections-head",
        ),
        rx.el.div(
            profile.profile(),
            password.password(),
            sessions.sessions(),
            keys.keys(),
            providers.providers(),
            class_name="cg-sections",
        ),
        class_name="cg-settings-page",
        custom_attrs={"ref": _SHOW_NAMED},
    )

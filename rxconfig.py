"""What Reflex needs to know to compile and serve the pages: the name, the origins, the plugins."""

import reflex as rx

from clonegallery.settings import get_settings
from clonegallery.ui.one_port import OnePortPlugin

_settings = get_settings()

config = rx.Config(
    app_name="clonegallery",
    backend_port=_settings.port,
    redis_url=_settings.redis_url or None,
    cors_allowed_origins=tuple(_settings.origins),
    telemetry_enabled=False,
    show_built_with_reflex=False,
    default_color_mode="system",
    plugins=[OnePortPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)

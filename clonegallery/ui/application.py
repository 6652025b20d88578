"""The Reflex application: every page under its address, the styles, and what surrounds all pages."""

import reflex as rx
from fastapi import FastAPI

from clonegallery.ui import routes
from clonegallery.ui.pages import gallery


def create_pages(api: FastAPI) -> rx.App:
    """The pages with `api` in front of them: an address is a page's only where no route of the API has it."""
    app = rx.App(
        html_lang="en",
        toaster=None,
        app_wraps={},
        stylesheets=["/theme.css"],
        reset_style=False,
        api_transformer=api,
    )
    app.add_page(gallery.page, route=routes.GALLERY, title="CloneGallery")
    app.add_page(gallery.page, route=routes.NOT_FOUND, title="CloneGallery")
    return app

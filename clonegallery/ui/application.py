"""The Reflex application: every page under its address, the styles, and what surrounds all pages."""

from functools import partial
from typing import Any

import reflex as rx
from fastapi import FastAPI
from reflex.utils.prerequisites import get_web_dir
from reflex_base import constants

from clonegallery.settings import get_settings
from clonegallery.ui import routes
from clonegallery.ui.arguments import KnownArguments
from clonegallery.ui.components.failures import failure_boundary
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.defects import report_defect
from clonegallery.ui.pages import (
    favourites,
    forgot_password,
    gallery,
    image,
    login,
    missing,
    profile,
    register,
    reset_password,
    trash,
    upload,
    verify_email,
)
from clonegallery.ui.pages.admin import audit, people
from clonegallery.ui.pages.admin import models as models_page
from clonegallery.ui.pages.admin.audit_state import AuditState
from clonegallery.ui.pages.admin.people_state import PeopleState
from clonegallery.ui.pages.create import page as create_page
from clonegallery.ui.pages.image_head import head_of_image
from clonegallery.ui.pages.image_similar import SimilarState
from clonegallery.ui.pages.image_state import ImageState
from clonegallery.ui.pages.profile_view import head_of_profile
from clonegallery.ui.pages.queue import page as queue_page
from clonegallery.ui.pages.settings import page as settings_page
from clonegallery.ui.serving import CompiledPages, PageHeaders, headed_route, page_routes
from clonegallery.ui.session import SessionState
from clonegallery.ui.sockets import watch_sockets

_ICON = {"rel": "icon", "href": "/favicon.svg", "type": "image/svg+xml"}


def create_pages(api: FastAPI) -> rx.App:
    """The pages with `api` in front of them: an address is a page's only where no route of the API has it."""
    pages = CompiledPages(get_web_dir() / constants.Dirs.STATIC, get_settings().origins)
    for path in routes.STATIC:
        api.router.routes.extend(page_routes(path, pages))
    api.router.routes.append(headed_route(routes.image("{image_id}"), pages, head_of_image))
    api.router.routes.append(headed_route(routes.profile("{username}"), pages, head_of_profile))
    app = rx.App(
        html_lang="en",
        head_components=[rx.el.link(**_ICON)],
        toaster=None,
        app_wraps={(55, "ErrorBoundary"): failure_boundary},
        stylesheets=["/theme.css", "/picture.css", "/account.css", "/entry.css", "/create.css"],
        reset_style=False,
        api_transformer=[api, partial(PageHeaders, pages=pages)],
        backend_exception_handler=report_defect,
    )
    app.add_middleware(KnownArguments())
    watch_sockets(app)
    _add_pages(app)
    return app


def _add_pages(app: rx.App) -> None:
    who, member, hush = SessionState.load, SessionState.admit, NoticeState.dismiss
    app.add_page(
        gallery.page,
        routes.GALLERY,
        title=gallery.TITLE,
        description=gallery.DESCRIPTION,
        on_load=[who, hush, *gallery.ON_LOAD],
    )
    app.add_page(image.page, routes.IMAGE, title=image.TITLE, on_load=[who, hush, ImageState.load, SimilarState.load])
    app.add_page(upload.page, routes.UPLOAD, title=upload.TITLE, on_load=[member, hush, upload.UploadState.load])
    app.add_page(create_page.page, routes.CREATE, title=create_page.TITLE, on_load=[member, hush, *create_page.ON_LOAD])
    app.add_page(queue_page.page, routes.QUEUE, title=queue_page.TITLE, on_load=[member, hush, *queue_page.ON_LOAD])
    app.add_page(trash.page, routes.TRASH, title=trash.TITLE, on_load=[member, hush])
    app.add_page(favourites.page, routes.FAVOURITES, title=favourites.TITLE, on_load=[member, hush])
    app.add_page(profile.page, routes.PROFILE, title=profile.TITLE, on_load=[who, hush, profile.ProfileState.load])
    _add_entry_pages(app, who, hush)
    app.add_page(
        settings_page.page, routes.SETTINGS, title=settings_page.TITLE, on_load=[member, hush, *settings_page.ON_LOAD]
    )
    app.add_page(people.page, routes.ADMIN, title=people.TITLE, on_load=[member, hush, PeopleState.load])
    app.add_page(models_page.page, routes.MODELS, title=models_page.TITLE, on_load=[member, hush, *models_page.ON_LOAD])
    app.add_page(audit.page, routes.AUDIT, title=audit.TITLE, on_load=[member, hush, AuditState.load])
    app.add_page(missing.page, routes.NOT_FOUND, title=missing.TITLE, on_load=[who, hush])


def _add_entry_pages(app: rx.App, *first: Any) -> None:
    for page, path, title, load in (
        (login.page, routes.LOGIN, login.TITLE, login.LoginState.load),
        (register.page, routes.REGISTER, register.TITLE, register.RegisterState.load),
        (forgot_password.page, routes.FORGOT_PASSWORD, forgot_password.TITLE, forgot_password.ForgotState.load),
        (reset_password.page, routes.RESET_PASSWORD, reset_password.TITLE, reset_password.ResetState.load),
        (verify_email.page, routes.VERIFY_EMAIL, verify_email.TITLE, verify_email.VerifyState.load),
    ):
        app.add_page(page, path, title=title, on_load=[*first, load])

"""The API's documentation page, with Swagger UI served from this very machine: it works without any other."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

OPENAPI_URL = "/api/openapi.json"
DOCS_URL = "/api/docs"
ASSETS_URL = "/api/docs/assets"

router = APIRouter()


def swagger_assets() -> StaticFiles:
    """Swagger UI's script and style, as the package `fastapi-offline` carries them."""
    return StaticFiles(directory=Path(str(files("fastapi_offline"))) / "static")


@router.get(DOCS_URL, include_in_schema=False)
async def docs() -> HTMLResponse:
    """The documentation, for people."""
    return get_swagger_ui_html(
        openapi_url=OPENAPI_URL,
        title="CloneGallery API",
        swagger_js_url=f"{ASSETS_URL}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS_URL}/swagger-ui.css",
        swagger_favicon_url="/favicon.ico",
    )

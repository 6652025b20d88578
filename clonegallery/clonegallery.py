"""The composition root: the pages and the API become one ASGI application on one port. Nothing else joins the two."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from clonegallery.api.app import create_api, shutdown, startup
from clonegallery.ui.application import create_pages

api = create_api()
app = create_pages(api)


@asynccontextmanager
async def shared_connections() -> AsyncIterator[None]:
    """Opens and closes what every request shares; the lifespan of an API mounted beside Reflex would never run."""
    await startup()
    try:
        yield
    finally:
        await shutdown()


app.register_lifespan_task(shared_connections)

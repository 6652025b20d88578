"""The composition root: the pages and the API become one ASGI application on one port. Nothing else joins the two."""

import gc
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
    # What is loaded by now stays. To look through it for garbage would halt everybody for 0.1 s, each time anew.
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        await shutdown()


app.register_lifespan_task(shared_connections)

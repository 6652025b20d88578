"""What was thrown away and can still be taken back."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import reflex as rx

from clonegallery.accounts.schemas import Viewer
from clonegallery.errors import GalleryError, NotFound
from clonegallery.images import service
from clonegallery.settings import get_settings
from clonegallery.ui import routes, styles
from clonegallery.ui.components.dialogs import confirm, open_dialog
from clonegallery.ui.components.grid import gallery_grid
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.notices import tell, tell_error
from clonegallery.ui.components.states import blank, for_editors
from clonegallery.ui.photograph import count
from clonegallery.ui.session import viewer_of
from clonegallery.ui.template import template

TITLE = "Trash · CloneGallery"

_MOST_AT_ONCE = 500
_CONFIRM = "delete-forever"

Act = Callable[[Viewer, UUID], Awaitable[object]]


class TrashState(rx.State):
    """What is chosen in the grid, and what has left it."""

    selected: list[str] = []  # noqa: RUF012 -- Reflex copies it per state.
    chosen: int = 0
    removed: list[str] = []  # noqa: RUF012 -- as above.

    @rx.event
    def load(self) -> None:
        self.removed = []
        self._choose([])

    @rx.event
    def select(self, ids: list[str]) -> None:
        self._choose(ids[:_MOST_AT_ONCE])

    @rx.event
    async def restore(self) -> None:
        """Take the chosen pictures back into the gallery."""
        await self._with_selected(service.restore, "taken back")

    @rx.event
    async def delete(self) -> None:
        """Delete the chosen pictures for good, originals and copies."""
        await self._with_selected(service.delete_permanently, "deleted for good")

    async def _with_selected(self, act: Act, done: str) -> None:
        """`act` on each chosen picture; one that is gone already counts as done, any other refusal ends it."""
        viewer = await viewer_of(self)
        finished: list[str] = []
        try:
            for image_id in self.selected:
                await _unless_gone(act, viewer, image_id)
                finished.append(image_id)
            await tell(self, f"{count(len(finished), 'picture', 'pictures')} {done}.")
        except GalleryError as error:
            await tell_error(self, error)
        self.removed = [*self.removed, *finished]
        self._choose([image_id for image_id in self.selected if image_id not in set(finished)])

    def _choose(self, ids: list[str]) -> None:
        self.selected, self.chosen = ids, len(ids)


async def _unless_gone(act: Act, viewer: Viewer, image_id: str) -> None:
    try:
        await act(viewer, UUID(image_id))
    except (NotFound, ValueError):
        # A ValueError is no UUID: the ids come from the browser, and nothing can be under this one.
        return


def page() -> rx.Component:
    return template(
        for_editors(_trash(), path=routes.TRASH, refusal="Only people who may upload have a trash."),
        path=routes.TRASH,
        class_name=f"{styles.PAGE} cg-page-wide",
    )


def _trash() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h1("Trash", class_name=styles.TOOLBAR_TITLE),
            rx.cond(TrashState.chosen > 0, _actions(), _note()),
            class_name=styles.TOOLBAR,
        ),
        gallery_grid(
            blank(
                "trash",
                "The trash is empty",
                "What you delete waits here for a while before it is gone.",
                page_link("Back to the gallery", to=routes.GALLERY, class_name=styles.PRIMARY),
            ),
            endpoint="/api/v1/images",
            query="trashed=true",
            label="Pictures in the trash",
            selectable=True,
            removed=TrashState.removed,
            on_select=TrashState.select,
        ),
        confirm(
            _CONFIRM,
            "Delete for good?",
            f"The chosen pictures ({TrashState.chosen}) and every copy of them will be removed. This cannot be undone.",
            action="Delete for good",
            on_confirm=TrashState.delete,
        ),
    )


def _note() -> rx.Component:
    days = get_settings().trash_days
    return rx.el.p(f"Everything here is deleted {days} days after it was thrown away.", class_name=styles.NOTE)


def _actions() -> rx.Component:
    return rx.el.div(
        rx.el.span(f"{TrashState.chosen} chosen", class_name=styles.NOTE, role="status"),
        rx.el.button(
            icon("restore", 18), "Take back", type="button", on_click=TrashState.restore, class_name=styles.BUTTON
        ),
        rx.el.button(
            icon("trash", 18),
            "Delete for good",
            type="button",
            on_click=open_dialog(_CONFIRM),
            class_name=styles.DANGER,
        ),
        class_name="cg-selection-actions",
    )

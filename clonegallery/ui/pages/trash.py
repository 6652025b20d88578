"""What was thrown away and can still be taken back."""

from typing import Any

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.images import service
from clonegallery.settings import get_settings
from clonegallery.ui import routes, styles
from clonegallery.ui.components.dialogs import confirm, open_dialog
from clonegallery.ui.components.grid import gallery_grid
from clonegallery.ui.components.guarded import guarded
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.links import page_link
from clonegallery.ui.components.notices import tell
from clonegallery.ui.components.selection import MOST_AT_ONCE, PER_EVENT, Act, act_on
from clonegallery.ui.components.states import blank
from clonegallery.ui.photograph import count
from clonegallery.ui.refusals import REFUSALS, refuse
from clonegallery.ui.session import viewer_of
from clonegallery.ui.template import template

TITLE = "Trash · CloneGallery"

_CONFIRM = "delete-forever"


class TrashState(rx.State):
    """What is chosen in the grid, and what has left it."""

    selected: list[str] = []  # noqa: RUF012 -- Reflex copies it per state.
    chosen: int = 0
    removed: list[str] = []  # noqa: RUF012 -- as above.
    _finished: int = 0

    @rx.event
    def leave(self) -> None:
        """Forget the choice with the page; not on arrival, because a reconnect is one and the grid keeps its ticks."""
        self.removed, self._finished = [], 0
        self._choose([])

    @rx.event
    def select(self, ids: list[str]) -> None:
        self._choose(ids[:MOST_AT_ONCE])

    @rx.event
    async def restore(self) -> Any:
        """Take the chosen pictures back into the gallery."""
        if await self._with_selected(service.restore, "taken back"):
            return TrashState.restore
        return None

    @rx.event
    async def delete(self) -> Any:
        """Delete the chosen pictures for good, originals and copies."""
        if await self._with_selected(service.delete_permanently, "deleted for good"):
            return TrashState.delete
        return None

    async def _with_selected(self, act: Act, done: str) -> bool:
        """`act` on some of the chosen pictures, and whether more are left: an event must not hold the tab for long.

        A picture that is gone already counts as done; any other refusal ends it.
        """
        batch = self.selected[:PER_EVENT]
        try:
            finished = await act_on(act, await viewer_of(self), batch)
        except REFUSALS as error:
            await refuse(self, error)
            return False
        self._finished += finished
        self.removed = [*self.removed, *batch]
        self._choose(self.selected[PER_EVENT:])
        if self.selected:
            return True
        await tell(self, f"{count(self._finished, 'picture', 'pictures')} {done}.")
        self._finished = 0
        return False

    def _choose(self, ids: list[str]) -> None:
        self.selected, self.chosen = ids, len(ids)


def page() -> rx.Component:
    return template(
        guarded(
            _trash(),
            path=routes.TRASH,
            needs=Permission.UPLOAD,
            refusal="Your account may look, like and report. Only people who may upload have a trash.",
        ),
        path=routes.TRASH,
        class_name=f"{styles.PAGE} cg-page-wide",
        on_unmount=TrashState.leave,
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

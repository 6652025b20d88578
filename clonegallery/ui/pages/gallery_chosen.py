"""What can be done with the pictures chosen in the gallery: who may see them, a tag, the trash."""

from typing import Any
from uuid import UUID

import reflex as rx

from clonegallery.accounts.schemas import Viewer
from clonegallery.images import service
from clonegallery.images.schemas import ImageUpdate
from clonegallery.ui import styles
from clonegallery.ui.components.icons import icon
from clonegallery.ui.components.notices import tell
from clonegallery.ui.components.selection import MOST_AT_ONCE, PER_EVENT, Act, act_on
from clonegallery.ui.photograph import count
from clonegallery.ui.refusals import REFUSALS, refuse
from clonegallery.ui.session import viewer_of

_VISIBILITY = (("public", "Everyone"), ("unlisted", "Whoever has the link"), ("private", "Only me"))


class ChosenState(rx.State):
    """What is chosen in the grid; `removed` has left it, and each of `changes` fetches it anew."""

    selected: list[str] = []  # noqa: RUF012 -- Reflex copies it per state.
    chosen: int = 0
    removed: list[str] = []  # noqa: RUF012 -- as above.
    changes: int = 0

    @rx.event
    def leave(self) -> None:
        """Forget the choice with the page."""
        self.removed = []
        self._choose([])

    @rx.event
    def select(self, ids: list[str]) -> None:
        self._choose(ids[:MOST_AT_ONCE])

    @rx.event
    async def trash(self) -> Any:
        """Put the chosen pictures into the trash, some now and the rest by further events."""
        batch = self.selected[:PER_EVENT]
        if not await self._done(service.trash, batch, "moved to the trash"):
            return None
        self.removed = [*self.removed, *batch]
        self._choose(self.selected[PER_EVENT:])
        return ChosenState.trash if self.selected else None

    @rx.event
    async def show_to(self, visibility: str) -> Any:
        """Let the chosen pictures be seen by everyone, by whoever has the link, or by their owner alone."""
        if visibility not in dict(_VISIBILITY):
            return None
        changes = ImageUpdate(visibility=visibility)

        async def change(viewer: Viewer, image_id: UUID) -> None:
            await service.update(viewer, image_id, changes)

        more = await self._change(change, "changed")
        return ChosenState.show_to(visibility) if more else None  # type: ignore[operator]  # Reflex types it as plain.

    @rx.event
    async def tag(self, form: dict[str, Any]) -> Any:
        """Add the tags of the form, separated by commas, to those that each chosen picture has."""
        wanted = tuple(tag for tag in (part.strip() for part in str(form.get("tags") or "").split(",")) if tag)

        async def add(viewer: Viewer, image_id: UUID) -> None:
            kept = (await service.detail(viewer, image_id, is_look=False)).tags
            await service.update(viewer, image_id, ImageUpdate(tags=(*kept, *wanted)))

        more = bool(wanted) and await self._change(add, "tagged")
        return ChosenState.tag(form) if more else None  # type: ignore[operator]  # As above.

    async def _change(self, act: Act, done: str) -> bool:
        """`act` on some of the chosen pictures, and whether more are left; the grid is fetched anew after the last."""
        if not await self._done(act, self.selected[:PER_EVENT], done):
            return False
        self._choose(self.selected[PER_EVENT:])
        self.changes += not self.selected
        return bool(self.selected)

    async def _done(self, act: Act, image_ids: list[str], done: str) -> bool:
        """Whether `act` was allowed on each; what was refused is told, and nothing after it is tried."""
        try:
            finished = await act_on(act, await viewer_of(self), image_ids)
        except REFUSALS as error:
            await refuse(self, error)
            return False
        await tell(self, f"{count(finished, 'picture', 'pictures')} {done}.")
        return True

    def _choose(self, ids: list[str]) -> None:
        self.selected, self.chosen = ids, len(ids)


def chosen_actions() -> rx.Component:
    """The toolbar while pictures are chosen."""
    return rx.el.div(
        rx.el.span(f"{ChosenState.chosen} chosen", class_name=styles.NOTE, role="status"),
        rx.el.select(
            rx.el.option("Who may see them", value=""),
            *(rx.el.option(label, value=value) for value, label in _VISIBILITY),
            value="",
            on_change=ChosenState.show_to,
            aria_label="Who may see them",
            class_name=f"{styles.INPUT} cg-chosen-input",
        ),
        rx.el.form(
            rx.el.input(
                name="tags", placeholder="Add tags", aria_label="Add tags", class_name=f"{styles.INPUT} cg-chosen-input"
            ),
            on_submit=ChosenState.tag,
            reset_on_submit=True,
        ),
        rx.el.button(
            icon("trash", 18), "Move to trash", type="button", on_click=ChosenState.trash, class_name=styles.DANGER
        ),
        class_name="cg-selection-actions",
    )

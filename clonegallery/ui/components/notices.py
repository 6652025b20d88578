"""What happened, in one line at the foot of the page. Rendered from state, so no script travels over the socket."""

import reflex as rx

from clonegallery.errors import GalleryError
from clonegallery.ui import styles
from clonegallery.ui.components.icons import icon


class NoticeState(rx.State):
    """The one notice on the page; a newer one takes its place, and good news leaves by itself (in theme.css)."""

    message: str = ""
    failed: bool = False
    number: int = 0

    @rx.event
    def dismiss(self) -> None:
        self.message = ""

    @rx.event
    def report_defect(self) -> None:
        """What the page says when a handler failed in a way that nobody foresaw."""
        self._tell("Something went wrong on our side. It has been logged.", failed=True)

    def _tell(self, message: str, *, failed: bool = False) -> None:
        self.message, self.failed = message, failed
        self.number += 1


async def tell(state: rx.State, message: str) -> None:
    """Show `message` to whoever sent the event that `state` is handling."""
    (await state.get_state(NoticeState))._tell(message)


async def hush(state: rx.State) -> None:
    """Take away whatever notice there is: what happens next says so in its own place."""
    (await state.get_state(NoticeState))._tell("")


async def tell_error(state: rx.State, error: GalleryError) -> None:
    """Show why the event that `state` is handling was refused."""
    (await state.get_state(NoticeState))._tell(error.detail, failed=True)


def notice() -> rx.Component:
    """The place of the notice. Always in the page, because screen readers only announce a change of what was there."""
    return rx.el.div(
        rx.cond(NoticeState.message != "", _bubble()),
        class_name="cg-notices",
        role="status",
        aria_live="polite",
    )


def _bubble() -> rx.Component:
    return rx.el.div(
        rx.el.p(NoticeState.message),
        rx.el.button(
            icon("close", 18),
            on_click=NoticeState.dismiss,
            type="button",
            aria_label="Dismiss",
            class_name=styles.ICON_BUTTON,
        ),
        key=f"{NoticeState.number}",
        class_name=rx.cond(NoticeState.failed, "cg-notice cg-notice-failed", "cg-notice"),
    )

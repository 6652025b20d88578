"""Whether what a state holds was read over this very connection."""

import reflex as rx


class Fresh(rx.State, mixin=True):
    """For a state whose page is drawn while it loads again, as when one searches or turns to the next page.

    What the tab's state still has when its document is loaded anew may be what somebody else saw, or what the viewer
    may see no longer: that is not fresh, and the page waits until its `load` has run.
    """

    _read_over: str = ""

    @rx.var(cache=False)
    def fresh(self) -> bool:
        return self._read_over != "" and self._read_over == self.router.session.session_id

    def _is_fresh(self, fresh: bool) -> None:
        self._read_over = self.router.session.session_id if fresh else ""

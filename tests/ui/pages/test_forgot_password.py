"""Asking for a letter: the same answer for everybody, and the truth about whether letters leave by themselves."""

from clonegallery.flash import Flash
from clonegallery.ui.pages.forgot_password import ForgotState
from tests.conftest import Services
from tests.ui.conftest import Configure
from tests.ui.pages.posting import refused_tab
from tests.ui.tab import Tab


async def test_it_says_that_the_operator_has_the_link_where_no_mail_is_set_up(
    services: Services, configure: Configure
) -> None:
    state = await Tab("/forgot-password?done=sent").send(ForgotState, "load")
    assert (state.sent, state.mails) == (True, False)
    configure(SMTP_URL="smtp://127.0.0.1:2525")
    state = await Tab("/forgot-password").send(ForgotState, "load")
    assert (state.sent, state.mails) == (False, True)


async def test_what_is_no_address_is_said_beside_it(services: Services) -> None:
    said = Flash("/forgot-password", "Bad.", {"email": "This is not an e-mail address."}, {"email": "bob"})
    state = await (await refused_tab("/forgot-password?error=invalid", said)).send(ForgotState, "load")
    assert state.told.errors == {"email": "This is not an e-mail address."}
    assert state.told.typed == {"email": "bob"}

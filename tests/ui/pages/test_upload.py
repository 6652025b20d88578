"""What the upload page shows before the first file: the account's own choice of who may see it."""

import pytest

from clonegallery.accounts import service as accounts
from clonegallery.accounts.schemas import Visibility
from clonegallery.settings import get_settings
from clonegallery.ui.pages.upload import UploadState
from tests import factories
from tests.conftest import Services
from tests.ui.pages.pictures import viewer_of_person
from tests.ui.tab import tab_of


@pytest.mark.parametrize("chosen", [None, *Visibility])
async def test_the_account_s_default_is_what_the_page_starts_with(
    database: Services, chosen: Visibility | None
) -> None:
    bob = await factories.bob()
    await accounts.update_account(await viewer_of_person(bob), default_visibility=chosen)
    state = await (await tab_of(bob, "/upload")).send(UploadState, "load")
    assert (state.visibility, state.max_bytes) == (chosen or "private", get_settings().upload_max_bytes)


async def test_a_stranger_learns_no_more_than_the_gallery_s_own(database: Services) -> None:
    assert (await (await tab_of(None, "/upload")).send(UploadState, "load")).visibility == "private"

"""The compiled pages talk to the address they came from, whatever port the build knew."""

from pathlib import Path

import pytest
import reflex_base

from clonegallery.ui.one_port import use_page_address

CLIENT = Path(reflex_base.__file__).parent / ".templates" / "web" / "utils" / "state.js"


def test_the_client_of_this_version_is_patched() -> None:
    patched = use_page_address(CLIENT.read_text(encoding="utf-8"))

    assert "endpoint.host = window.location.host" in patched
    assert 'endpoint.port = "";' not in patched
    assert use_page_address(patched) == patched


def test_another_client_is_refused() -> None:
    with pytest.raises(ValueError, match="getBackendURL"):
        use_page_address("export const getBackendURL = () => {};")

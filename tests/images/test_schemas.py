"""What lists may be asked for."""

import pytest
from pydantic import ValidationError

from clonegallery.images.schemas import Filters


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("name", ["taken_after", "taken_before"])
def test_a_moment_that_is_none_in_utc_is_refused_by_name(name: str, moment: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Filters.model_validate({name: moment})

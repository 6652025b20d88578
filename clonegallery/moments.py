"""Times that clients send."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.+", re.DOTALL)
_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


def _written_out(value: object) -> object:
    """Pydantic would also take a bare number for Unix seconds, or milliseconds, as it guesses."""
    if isinstance(value, datetime) or (isinstance(value, str) and _ISO_DATE.fullmatch(value)):
        return value
    raise ValueError("This should be a time with its zone, as in 2026-03-01T18:05:00Z.")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("This lies before the year 1 or after 9999 in UTC.") from error


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
"""A time as ISO 8601 writes it, in UTC; one without a zone is refused, since nobody can know what it means."""


def _a_month(text: str) -> str:
    if not re.fullmatch(_MONTH, text) or text < "0001":
        raise ValueError("This should be a month, as in 2026-03.")
    return text


Month = Annotated[str, AfterValidator(_a_month), Field(json_schema_extra={"pattern": _MONTH}, examples=["2026-03"])]
"""A month of UTC as `YYYY-MM`; the texts sort as the months do."""

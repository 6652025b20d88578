"""Fields that several bodies share.

What they must look like stands in the document; the services check it and say in their own words what is wrong.
"""

from typing import Annotated

from pydantic import Field

from clonegallery.accounts.names import MAX_EMAIL
from clonegallery.accounts.passwords import MAX_LENGTH, MIN_LENGTH

EmailField = Annotated[
    str, Field(examples=["ada@example.org"], json_schema_extra={"format": "email", "maxLength": MAX_EMAIL})
]
UsernameField = Annotated[
    str,
    Field(
        examples=["ada"],
        description="3 to 50 letters, digits, dots, dashes or underscores.",
        json_schema_extra={"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{1,48}[A-Za-z0-9]$"},
    ),
]
PasswordField = Annotated[
    str,
    Field(
        examples=["correct horse battery"],
        description="8 to 256 characters; a new one must not be one that everybody uses.",
        json_schema_extra={"format": "password", "minLength": MIN_LENGTH, "maxLength": MAX_LENGTH},
    ),
]
OpaqueField = Annotated[
    str,
    Field(
        examples=["dGhpcyBpcyBub3QgYSByZWFsIHRva2VuLCBvbmx5IGE"],
        description="Opaque, and good for one use.",
        json_schema_extra={"pattern": "^[A-Za-z0-9_-]{43}$"},
    ),
]

"""The address of the people page, which holds what is searched for. Pure."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from clonegallery.accounts.schemas import Role
from clonegallery.pagination import MAX_CURSOR
from clonegallery.ui import routes

MAX_SEARCH = 200


@dataclass(frozen=True)
class PeopleQuery:
    """Which people: a part of their name or address, a role, and after which cursor; empty is no matter."""

    search: str = ""
    role: str = ""
    after: str = ""

    def address(self) -> str:
        """Where this is shown."""
        given = {"q": self.search, "role": self.role, "after": self.after}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{routes.ADMIN}?{query}" if query else routes.ADMIN


def query_in(url: str) -> PeopleQuery:
    """What `url` asks for; a role that there is not is as none."""
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    role = asked.get("role", "")
    return PeopleQuery(
        search=asked.get("q", "")[:MAX_SEARCH],
        role=role if role in tuple(Role) else "",
        after=asked.get("after", "")[:MAX_CURSOR],
    )

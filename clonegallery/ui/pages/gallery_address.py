"""The address of the gallery, which holds what is searched for and in which order. Pure."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote_plus, urlsplit

from pydantic import ValidationError

from clonegallery.images.schemas import Filters, Sort
from clonegallery.search.query import Query, QueryError, parse
from clonegallery.ui import routes

SORTS = (
    (Sort.RELEVANCE, "Best match"),
    (Sort.NEWEST, "Newest"),
    (Sort.OLDEST, "Oldest"),
    (Sort.TAKEN, "Taken"),
    (Sort.POPULAR, "Popular"),
)
# Signs that stay legible in an address.
_PLAIN = ":,."
_OWN = ("q", "sort", "start")

NOTHING = Query()

Parameter = tuple[str, str]


@dataclass(frozen=True)
class Address:
    """What is searched for, the order where one is named, and the plain filters beside. A `start` is not kept: another
    search has another beginning."""

    q: str = ""
    sort: str = ""
    others: tuple[Parameter, ...] = ()

    def query(self) -> Query:
        """The search as terms. Raises `QueryError`."""
        return parse(self.q)

    def shown_sort(self) -> Sort:
        """The order in which the pictures come; the newest first where an order is named that there is not."""
        if self.sort in tuple(Sort) and (self.looks or self.sort != Sort.RELEVANCE):
            return Sort(self.sort)
        return Sort.RELEVANCE if self.looks else Sort.NEWEST

    @property
    def looks(self) -> bool:
        """Whether there is something that a picture can be a better or a worse answer to."""
        try:
            query = self.query()
        except QueryError:
            return False
        return looks_for_something(query)

    def searching(self, q: str) -> str:
        """The address of another search, in the same order."""
        return replace(self, q=q).href

    def sorted_by(self, sort: Sort) -> str:
        """The address of the same search in another order; what would be the order anyway is not said."""
        usual = Sort.RELEVANCE if self.looks else Sort.NEWEST
        return replace(self, sort="" if sort == usual else sort.value).href

    def filters(self) -> Filters:
        """The plain filters; none where they are not such that the API knows, which says so itself."""
        try:
            return Filters.model_validate(self.filters_as_given())
        except ValidationError:
            return Filters()

    def filters_as_given(self) -> dict[str, object]:
        """The plain filters by name, read or not."""
        given: dict[str, object] = {}
        for name, value in self.others:
            given[name] = [*tags, value] if isinstance(tags := given.get(name, []), list) and name == "tag" else value
        return given

    @property
    def href(self) -> str:
        """The address itself, as the pages write it."""
        given = [("q", self.q if self.q.strip() else ""), ("sort", self.sort), *self.others]
        if self.sort == Sort.RELEVANCE and not self.looks:
            given[1] = ("sort", "")
        said = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in given if value)
        return f"{routes.GALLERY}?{said}" if said else routes.GALLERY


def address_in(url: str) -> Address:
    """What `url` asks for; of a parameter that is there twice the last one counts, as it does for the API."""
    asked = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    said = dict(asked)
    others = tuple((name, value) for name, value in asked if name not in _OWN)
    return Address(said.get("q", ""), said.get("sort", ""), others)


def looks_for_something(query: Query) -> bool:
    """Whether words or a picture are looked for, so that some pictures are better answers than others."""
    return bool(query.plain_text) or query.like is not None


def _quoted(text: str) -> str:
    return quote_plus(text, safe=_PLAIN, errors="replace")

"""What a request asks for: the text of its `q`, read, beside its parameters."""

from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

from clonegallery.errors import FieldError, Invalid
from clonegallery.images.conditions import Asked, Sought
from clonegallery.images.schemas import Filters, Sort
from clonegallery.search.query import Phrase, Query, QueryError, Word, parse, read_tokens, write

_FILTERS = tuple(Filters.model_fields)


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it is carried out: the filters of the list, the query, and its words as the lists take them."""

    filters: Filters
    query: Query

    @property
    def asked(self) -> Asked:
        """Everything that the lists can answer by themselves."""
        return Asked(self.query.conditions, tuple(map(_sought, self.query.words)))

    @property
    def firm(self) -> Asked:
        """What must hold of a picture however it was found: all but the free words that are wanted."""
        asked = self.asked
        return replace(asked, words=tuple(word for word in asked.words if word.is_firm))

    @property
    def text(self) -> str:
        """What is meant, in plain words; empty where only conditions are asked for."""
        return self.query.plain_text

    @property
    def like(self) -> UUID | None:
        return self.query.like.image_id if self.query.like else None

    @property
    def looks_for_something(self) -> bool:
        """Whether there is something that a picture can be a better or a worse answer to."""
        return bool(self.text) or self.like is not None

    def key(self) -> str:
        """The same text for the same search, however it was written."""
        plain = self.filters.model_dump_json(include=set(_FILTERS), exclude_none=True)
        return f"{plain} {write(self.query)}"


def search_of(filters: Filters, q: str | None) -> Search:
    """The search of a request. Raises `Invalid` for a text that is none, with the part that is wrong and its place."""
    try:
        return Search(Filters(**filters.model_dump(include=set(_FILTERS), exclude_none=True)), read(q or ""))
    except QueryError as error:
        raise refused(error) from error


def refused(error: QueryError) -> Invalid:
    """The refusal of a `q`, with the part that is wrong and its place."""
    field = FieldError("q", error.reason, error.token, error.position)
    return Invalid(f"{error.reason}.".replace("..", "."), errors=[field])


def without_like(q: str) -> None:
    """Raises `Invalid` where a text that can be read asks for what looks like a picture, with the part that does."""
    refuse_like(q, "pictures are compared with the one that is sent, and like names another")


def refuse_like(q: str, reason: str) -> None:
    """Raises `Invalid` with the part of the text that asks for what looks like a picture, where there is one."""
    for token in read_tokens(q):
        if token.key == "like":
            raise refused(QueryError(reason, q[token.start : token.end], token.start))


@lru_cache(maxsize=1024)
def read(q: str) -> Query:
    """The query that a text is. Raises `QueryError`."""
    return parse(q)


def order_of(search: Search, sort: Sort | None) -> Sort:
    """The order that is meant where none is named."""
    return sort or (Sort.RELEVANCE if search.looks_for_something else Sort.NEWEST)


def _sought(word: Word | Phrase) -> Sought:
    prefix = isinstance(word, Word) and word.prefix
    return Sought(word.text, prefix=prefix, negated=word.negated, exact=isinstance(word, Phrase))

"""What a search asks for, term by term."""

from dataclasses import dataclass
from uuid import UUID

from clonegallery.images.conditions import Condition


class QueryError(Exception):
    """A text that cannot be searched for.

    `reason` says in plain words what would be right; `token` is the part of the text that is wrong, as it was typed,
    and `position` how many characters come before it.
    """

    def __init__(self, reason: str, token: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.token = token
        self.position = position


@dataclass(frozen=True, slots=True)
class Word:
    """A word to be found; a `prefix` also finds what begins with it."""

    text: str
    prefix: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to be found one after the other."""

    text: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like:
    """Pictures that look like this one."""

    image_id: UUID


Term = Word | Phrase | Condition | Like


@dataclass(frozen=True, slots=True)
class Query:
    """A search: pictures for which every term holds, in the order in which they were written."""

    terms: tuple[Term, ...] = ()

    @property
    def words(self) -> tuple[Word | Phrase, ...]:
        """What is looked for in titles, captions, tags and prompts, the negated words among them."""
        return tuple(term for term in self.terms if isinstance(term, Word | Phrase))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What must be true of a picture whatever its words."""
        return tuple(term for term in self.terms if isinstance(term, Condition))

    @property
    def like(self) -> Like | None:
        """The picture that others are compared with; there is at most one."""
        return next((term for term in self.terms if isinstance(term, Like)), None)

    @property
    def plain_text(self) -> str:
        """The words that are wanted, without signs: what is looked for by meaning."""
        return " ".join(word.text for word in self.words if not word.negated)

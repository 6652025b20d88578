"""A search as chips, and its text with a term more or less."""

from dataclasses import dataclass, replace

from clonegallery.search.query.labels import label_of
from clonegallery.search.query.parse import parse
from clonegallery.search.query.terms import Phrase, Query, Term, Word
from clonegallery.search.query.write import write


@dataclass(frozen=True, slots=True)
class Chip:
    """One term: what to show, and the text that `without_term` takes away."""

    label: str
    term: str


def chips(text: str) -> list[Chip]:
    """A chip for each term, in order. Raises `QueryError`."""
    return [Chip(label_of(term), write(Query((term,))).rstrip()) for term in parse(text).terms]


def with_term(text: str, term: str) -> str:
    """The canonical text that asks for `term` as well; one that is there is not added again.

    What is no free word goes before the words at the end, so that the last of them stays one that may go on. Raises
    `QueryError` about the text, the term, or what the two come to.
    """
    terms = list(parse(text).terms)
    for new in parse(f"{term} ").terms:
        if not any(_same(new, old) for old in terms):
            terms.insert(len(terms) if _is_wanted_word(new) else _words_at_the_end(terms), new)
    longer = write(Query(tuple(terms)))
    parse(longer)
    return longer


def without_term(text: str, term: str) -> str:
    """The canonical text that no longer asks for `term`; whether a word was a prefix does not matter.

    Raises `QueryError` about the text or the term.
    """
    gone = parse(term).terms
    return write(Query(tuple(old for old in parse(text).terms if not any(_same(new, old) for new in gone))))


def _same(one: Term, other: Term) -> bool:
    if isinstance(one, Word) and isinstance(other, Word):
        return replace(one, prefix=other.prefix) == other
    return one == other


def _is_wanted_word(term: Term) -> bool:
    return isinstance(term, Word | Phrase) and not term.negated


def _words_at_the_end(terms: list[Term]) -> int:
    """Where the wanted words begin that everything else stands before."""
    return next((after for after in range(len(terms), 0, -1) if not _is_wanted_word(terms[after - 1])), 0)

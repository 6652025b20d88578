"""The language of the search box: text in, terms out, and back. Pure: it reads no database and no file."""

from clonegallery.search.query.chips import Chip, chips, with_term, without_term
from clonegallery.search.query.keys import KEYS, Key
from clonegallery.search.query.labels import label_of
from clonegallery.search.query.parse import MAX_LENGTH, MAX_TERMS, parse
from clonegallery.search.query.terms import Like, Phrase, Query, QueryError, Term, Word
from clonegallery.search.query.tokens import Token, quoted, read_tokens
from clonegallery.search.query.write import write, write_term

__all__ = [
    "KEYS",
    "MAX_LENGTH",
    "MAX_TERMS",
    "Chip",
    "Key",
    "Like",
    "Phrase",
    "Query",
    "QueryError",
    "Term",
    "Token",
    "Word",
    "chips",
    "label_of",
    "parse",
    "quoted",
    "read_tokens",
    "with_term",
    "without_term",
    "write",
    "write_term",
]

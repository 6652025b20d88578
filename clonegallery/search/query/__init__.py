"""The language of the search box: text in, terms out, and back. Pure: it reads no database and no file."""

from clonegallery.search.query.terms import Like, Phrase, Query, QueryError, Term, Word

__all__ = ["Like", "Phrase", "Query", "QueryError", "Term", "Word"]

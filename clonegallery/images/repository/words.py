"""Words in SQL: what was asked for in the languages of PostgreSQL's and SQLite's full text.

https://www.postgresql.org/docs/current/textsearch-controls.html and https://www.sqlite.org/fts5.html. Every word was
folded to letters and digits before, so nothing of what somebody types can be read as an operator.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, cast, column, func, literal_column, not_, or_, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from clonegallery.images.conditions import Sought
from clonegallery.images.folding import words_of
from clonegallery.images.repository.tables import images
from clonegallery.settings import get_settings

_DOCUMENTS = table("image_documents", column("image_id", images.c.id.type))
"""SQLite's table of words."""

MIN_PREFIX = 3
"""Letters that a beginning needs to be one: what begins with two of them is half of everything."""
BEGINS = "~"
"""Stands before a word of a document as it was written, where its stem does not begin as it does: who types `runn`
is on the way to `running`, of which the language keeps `run`."""

ENDED = "q"
"""Stands behind a word in the column of FTS5 that has them as they were written: the stemmer knows no such ending."""


def postgres_form(sought: Sequence[Sought], *, is_anything_wanted: bool) -> str:
    """What `by_words` is to make of them: in their order a star for each beginning that is wanted, a `!` for each that
    is not, then a minus where nothing is wanted."""
    begun = "".join("!" if one.negated else "*" for one in sought if _is_beginning(one))
    return f"postgresql{begun}{'' if is_anything_wanted else '-'}"


def postgres_words(sought: Sequence[Sought]) -> dict[str, str]:
    """The texts that `query` takes: `words` for `to_tsquery`, empty where nothing is left of them; and by its number
    each beginning of a word, once for `to_tsquery` (`begun0`) and once as `tsquery` has it (`begins0`)."""
    texts = {"words": " & ".join(part for one in sought if not _is_beginning(one) and (part := _postgres_part(one)))}
    for place, beginning in enumerate(words_of(one.text)[0] for one in sought if _is_beginning(one)):
        texts |= {
            f"begun{place}": f"'{beginning}':*",
            f"begins{place}": f"'{beginning}':* | '{BEGINS}{beginning}':*",
        }
    return texts


def _is_beginning(one: Sought) -> bool:
    found = words_of(one.text)
    return one.prefix and not one.in_prompt and len(found) == 1 and len(found[0]) >= MIN_PREFIX


def _postgres_part(one: Sought) -> str:
    found = words_of(one.text)
    weight = "D" if one.in_prompt else ""
    endings = [f":{weight}" if weight else ""] * len(found)
    if found and one.prefix and len(found[-1]) >= MIN_PREFIX:
        endings[-1] = f":*{weight}"
    # In a prompt the weight and the order cannot be asked for together: all of the words must be there.
    between = " & " if weight else " <-> "
    phrase = between.join(f"'{word}'{ending}" for word, ending in zip(found, endings, strict=True))
    return f"{'!' if one.negated else ''}({phrase})" if phrase else ""


def exact_words(labels: Sequence[tuple[str, bool]]) -> str:
    """Tags as wholes, each with whether it must be missing, as the text of a `tsquery`."""
    return " & ".join(f"{'!' if negated else ''}{_quoted(label)}" for label, negated in labels)


def _quoted(label: str) -> str:
    inner = label.replace("\\", "\\\\").replace("'", "''")
    return f"'={inner}'"


def sqlite_words(sought: Sequence[Sought]) -> tuple[str, str]:
    """What FTS5 must match, and what it must not; empty texts for nothing."""
    wanted = " AND ".join(part for one in sought if not one.negated and (part := _sqlite_part(one)))
    unwanted = " OR ".join(part for one in sought if one.negated and (part := _sqlite_part(one)))
    return wanted, unwanted


def _sqlite_part(one: Sought) -> str:
    found = words_of(one.text)
    if not found:
        return ""
    columns = "prompt" if one.in_prompt else "{title caption tags prompt}"
    ending = " *" if one.prefix and len(found[-1]) >= MIN_PREFIX else ""
    begun = f' OR begun : "{found[0]}" *' if _is_beginning(one) else ""
    return f'({columns} : "{" ".join(found)}"{ending}{begun})'


def language() -> ColumnElement[Any]:
    """Written out, so that the words are taken apart once per statement and not once per row."""
    return literal_column(f"'{get_settings().search_language}'::regconfig")


def query(form: str, name: str) -> ColumnElement[Any]:
    """The `tsquery` of what is bound as `<name>_words`, `<name>_exact`, and for each beginning in the form
    `<name>_begun0` and `<name>_begins0`."""
    sought: Any = func.to_tsquery(language(), bindparam(f"{name}_words"), type_=TSQUERY())
    sought = sought.op("&&")(cast(bindparam(f"{name}_exact"), TSQUERY()))
    for place, sign in enumerate(one for one in form if one in "*!"):
        begun = func.to_tsquery(language(), bindparam(f"{name}_begun{place}"), type_=TSQUERY())
        either: Any = begun.op("||")(cast(bindparam(f"{name}_begins{place}"), TSQUERY()))
        sought = sought.op("&&")(either if sign == "*" else func.tsquery_not(either, type_=TSQUERY()))
    found: ColumnElement[Any] = sought
    return found


def by_words(form: str, name: str, columns: Any) -> ColumnElement[bool]:
    """`form` is that of `postgres_form`, or of SQLite `+` and `-` for what must match and must not."""
    if form.startswith("postgresql"):
        sought = query(form, name)
        found: ColumnElement[bool] = columns.document.op("@@", return_type=None)(sought)
        # Of words that the language leaves out nothing is left to be missing.
        return or_(func.numnode(sought) == literal_column("0"), found) if form.endswith("-") else found
    parts = []
    for sign, end in (("+", "_words"), ("-", "_without")):
        if sign in form:
            matching = select(_DOCUMENTS.c.image_id).where(
                literal_column("image_documents").op("MATCH")(bindparam(f"{name}{end}"))
            )
            inside = columns.id.in_(matching)
            parts.append(inside if sign == "+" else not_(inside))
    joined: ColumnElement[bool] = parts[0] if len(parts) == 1 else parts[0] & parts[1]
    return joined

"""The words by which a picture is found, and what it was made with: kept beside what they are taken from.

A document has the title with weight A, the caption with B, the tags with C and the prompt with D, between which and
between tags there are gaps that no phrase reaches across. It has one word more for each tag as a whole, `=blue hour`,
and for what one may be on the way to while typing, `~running`. PostgreSQL keeps it as `tsvector` in the picture's row,
SQLite in a table of FTS5.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, bindparam, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession

from clonegallery.images.cameras import Named, camera_of, named
from clonegallery.images.folding import words_of
from clonegallery.images.repository import instruments
from clonegallery.images.repository.tables import generated_images, image_tags, images, tags
from clonegallery.images.repository.words import BEGINS, ENDED, MIN_PREFIX, language
from clonegallery.models.instrument import InstrumentKind

_SOURCES = ("title", "caption", "tags", "prompt")
_MAX_WORDS = 4_000
"""Words of one text that are indexed: PostgreSQL keeps no positions beyond 16,383, nobody looks for the 4,001st."""

_GAP = {"postgresql": " /x ", "sqlite": " \ue000 "}
"""What each database takes for a word, and nobody can type: a path, a sign of private use."""
_BEGINNINGS = """
(SELECT coalesce(array_agg(DISTINCT :mark || word), '{}') FROM unnest(string_to_array(:written, ' ')) AS word
 WHERE EXISTS (SELECT FROM unnest(to_tsvector(%s, word)) AS kept WHERE NOT starts_with(lexeme, left(word, -1))))
"""
"""Words as they are written whose stem is not what they begin with, but for their last letter."""

# The picture's id is a word of the document, too: so it is found without reading all of them.
_FORGET = text(
    "DELETE FROM image_documents WHERE rowid IN"
    " (SELECT rowid FROM image_documents WHERE image_documents MATCH 'image_id:' || :of)"
)
_REMEMBER = text(
    "INSERT INTO image_documents VALUES (:of, :title_words, :caption_words, :tags_words, :prompt_words, :begun)"
)


async def keep_words(session: AsyncSession, image_ids: Sequence[UUID]) -> None:
    """Write the documents and the instruments of these pictures anew, from what their rows say now."""
    rows = await _read(session, image_ids)
    labels = await _tags(session, image_ids)
    used = {row.id: _instruments(row) for row in rows}
    ids = await instruments.ids_of(session, [item for mine in used.values() for item in mine])
    kind = session.get_bind().dialect.name
    values = [
        {"of": row.id, **_columns(used[row.id], ids), **_texts(row, labels.get(row.id, []), _GAP[kind])} for row in rows
    ]
    if not values:
        return
    if kind == "postgresql":
        await _write_vectors(session, values)
    else:
        await _write_fts(session, values)


async def _read(session: AsyncSession, image_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    columns = ("id", "title", "caption", "camera_make", "camera_model", "lens")
    statement = select(*(images.c[name] for name in columns), generated_images.c.prompt, generated_images.c.model)
    made = generated_images.c.image_id == images.c.id
    joined = statement.outerjoin(generated_images, made).where(images.c.id.in_(image_ids)).order_by(images.c.id)
    rows: Sequence[Any] = (await session.execute(joined)).all()
    return rows


async def _tags(session: AsyncSession, image_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    names = select(image_tags.c.image_id, tags.c.name).join(tags, tags.c.id == image_tags.c.tag_id)
    found: dict[UUID, list[str]] = {}
    for row in await session.execute(names.where(image_tags.c.image_id.in_(image_ids)).order_by(tags.c.name)):
        found.setdefault(row.image_id, []).append(row.name)
    return found


def _instruments(row: Row[Any]) -> list[tuple[InstrumentKind, Named]]:
    found = {
        InstrumentKind.CAMERA: camera_of(row.camera_make, row.camera_model),
        InstrumentKind.LENS: named(row.lens),
        InstrumentKind.MODEL: named(row.model),
    }
    return [(kind, name) for kind, name in found.items() if name is not None]


def _columns(
    mine: Sequence[tuple[InstrumentKind, Named]], ids: Mapping[tuple[InstrumentKind, str], int]
) -> dict[str, int | None]:
    empty: dict[str, int | None] = {f"{kind.value}_id": None for kind in InstrumentKind}
    return empty | {f"{kind.value}_id": ids[kind, name.folded] for kind, name in mine}


def _texts(row: Row[Any], labels: Sequence[str], gap: str) -> dict[str, Any]:
    words = {name: words_of(text or "")[:_MAX_WORDS] for name, text in _written(row).items()}
    apart = [words_of(label) for label in labels]
    long = {word for some in (*words.values(), *apart) for word in some if len(word) > MIN_PREFIX}
    return {
        **{f"{name}_words": " ".join(some) for name, some in words.items()},
        "tags_words": gap.join(" ".join(some) for some in apart),
        "labels": [exact(label) for label in labels],
        "written": " ".join(sorted(long)),
        "begun": " ".join(word + ENDED for word in sorted(long)),
    }


def _written(row: Row[Any]) -> dict[str, str | None]:
    return {"title": row.title, "caption": row.caption, "prompt": row.prompt}


async def without_words(session: AsyncSession, limit: int) -> Sequence[UUID]:
    """Some pictures whose words were not kept yet: they came before this table did, or are another language's."""
    statement = select(images.c.id).where(images.c.document.is_(None)).order_by(images.c.id).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def next_ids(session: AsyncSession, last: UUID | None, limit: int) -> Sequence[UUID]:
    """The next pictures in the order of their ids."""
    statement = select(images.c.id).order_by(images.c.id).limit(limit)
    return (await session.execute(statement.where(images.c.id > last) if last else statement)).scalars().all()


async def count_all(session: AsyncSession) -> int:
    return int((await session.execute(select(func.count()).select_from(images))).scalar_one())


def exact(label: str) -> str:
    """The word of a document that stands for a tag as a whole."""
    return f"={label}"


async def _write_vectors(session: AsyncSession, values: Sequence[dict[str, Any]]) -> None:
    columns: dict[str, Any] = {f"{kind.value}_id": bindparam(f"{kind.value}_id") for kind in InstrumentKind}
    statement = update(images).where(images.c.id == bindparam("of")).values(**columns, document=_document())
    connection = await session.connection()
    await connection.execute(statement, list(values))


def _document() -> ColumnElement[Any]:
    document: Any = func.array_to_tsvector(bindparam("labels", type_=ARRAY(Text)), type_=TSVECTOR())
    for source, weight in zip(_SOURCES, "ABCD", strict=True):
        words = func.to_tsvector(language(), bindparam(f"{source}_words"))
        part = func.setweight(words, literal_column(f"'{weight}'"))
        document = document.op("||")(literal_column("'''/'':1'::tsvector")).op("||")(part)
    beginnings: Any = text(_BEGINNINGS % language()).bindparams(bindparam("written"), mark=BEGINS)
    whole: ColumnElement[Any] = document.op("||")(func.array_to_tsvector(beginnings))
    return whole


async def _write_fts(session: AsyncSession, values: Sequence[dict[str, Any]]) -> None:
    columns: dict[str, Any] = {f"{kind.value}_id": bindparam(f"{kind.value}_id") for kind in InstrumentKind}
    statement = update(images).where(images.c.id == bindparam("of")).values(**columns, document="")
    connection = await session.connection()
    await connection.execute(statement, list(values))
    rows = [{**one, "of": one["of"].hex} for one in values]
    await connection.execute(_FORGET, rows)
    await connection.execute(_REMEMBER, rows)

"""The words by which pictures are found, and what they were made with.

Revision ID: 011
Revises: 010
"""

import sqlalchemy as sa

from alembic import op

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None

COLUMNS = ("camera_id", "lens_id", "model_id")
# FTS5 has no foreign keys: the words go with their picture by a trigger.
FTS = (
    "CREATE VIRTUAL TABLE image_documents USING fts5"
    " (image_id, title, caption, tags, prompt, tokenize = 'porter unicode61 remove_diacritics 0', prefix = '3')",
    "CREATE TRIGGER image_documents_follow AFTER DELETE ON images BEGIN DELETE FROM image_documents WHERE rowid IN"
    " (SELECT rowid FROM image_documents WHERE image_documents MATCH 'image_id:' || OLD.id); END",
)


def upgrade() -> None:
    op.create_table(
        "instruments",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.CheckConstraint("kind IN ('camera', 'lens', 'model')", name="ck_instruments_kind"),
        sa.UniqueConstraint("kind", "folded", name="uq_instruments_folded"),
    )
    for column in COLUMNS:
        op.execute(f"ALTER TABLE images ADD COLUMN {column} INTEGER REFERENCES instruments (id)")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE images ADD COLUMN document tsvector")
        return
    op.execute("ALTER TABLE images ADD COLUMN document TEXT")
    for statement in FTS:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TRIGGER image_documents_follow")
        op.execute("DROP TABLE image_documents")
    for column in ("document", *COLUMNS):
        op.execute(f"ALTER TABLE images DROP COLUMN {column}")
    op.drop_table("instruments")

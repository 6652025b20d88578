"""SQLite's words as they are written, for what one is on the way to while typing; PostgreSQL's are in its documents.

Revision ID: 016
Revises: 015
"""

from alembic import op

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None

TABLE = (
    "CREATE VIRTUAL TABLE image_documents USING fts5"
    " (image_id, title, caption, tags, prompt{more}, tokenize = 'porter unicode61 remove_diacritics 0', prefix = '3')"
)


def upgrade() -> None:
    _make(", begun")


def downgrade() -> None:
    _make("")


def _make(more: str) -> None:
    """FTS5 takes no new column. Documents that are missing are written anew by the workers."""
    if op.get_bind().dialect.name == "postgresql":
        return
    op.execute("DROP TABLE image_documents")
    op.execute(TABLE.format(more=more))
    op.execute("UPDATE images SET document = NULL")

"""Where pictures lie in the spaces of embedding models.

Revision ID: 008
Revises: 007
"""

import sqlalchemy as sa

from alembic import op
from clonegallery.errors import Unavailable
from clonegallery.models.vector import PortableVector

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None

ACTIVE = "status = 'active'"
OLDEST = "0.8"
NUMBER = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite counts up the keys of columns that are called INTEGER, and no others."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _require_vectors()
    op.create_table(
        "embedding_spaces",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("model", sa.String(255), nullable=False, unique=True),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("dimensions", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("walked_to", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('building', 'active')", name="ck_embedding_spaces_status"),
    )
    op.create_index(
        "ix_embedding_spaces_active",
        "embedding_spaces",
        ["status"],
        unique=True,
        postgresql_where=sa.text(ACTIVE),
        sqlite_where=sa.text(ACTIVE),
    )
    op.create_table(
        "image_embeddings",
        sa.Column(
            "space_id", sa.SmallInteger(), sa.ForeignKey("embedding_spaces.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("image_id", sa.Uuid(), sa.ForeignKey("images.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("vector", PortableVector(), nullable=False),
    )
    op.create_index("ix_image_embeddings_image_id", "image_embeddings", ["image_id"])


def _require_vectors() -> None:
    """pgvector, new enough for half precision and iterative scans. Raises `Unavailable` saying what is to be done."""
    known = "SELECT installed_version, default_version FROM pg_available_extensions WHERE name = 'vector'"
    installed, offered = op.get_bind().execute(sa.text(known)).one_or_none() or (None, None)
    version = installed or offered
    if version is None:
        raise Unavailable(f"This PostgreSQL has no pgvector. Install version {OLDEST} or newer on its machine.")
    if tuple(int(part) for part in version.split(".")[:2]) < tuple(int(part) for part in OLDEST.split(".")):
        raise Unavailable(f"pgvector {version} is too old: the gallery needs {OLDEST} or newer.")
    if installed is None:
        _create_extension()


def _create_extension() -> None:
    try:
        with op.get_bind().begin_nested():
            op.execute("CREATE EXTENSION vector")
    except sa.exc.ProgrammingError as error:
        raise Unavailable(
            "The gallery's user may not create the extension pgvector. A superuser does it, once, in the gallery's "
            "database: CREATE EXTENSION vector;"
        ) from error


def downgrade() -> None:
    op.drop_table("image_embeddings")
    op.drop_table("embedding_spaces")

"""Where pictures lie in the spaces of embedding models.

Revision ID: 008
Revises: 007
"""

import sqlalchemy as sa

from alembic import op
from clonegallery.models.vector import PortableVector

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None

ACTIVE = "status = 'active'"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "embedding_spaces",
        sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=True),
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


def downgrade() -> None:
    op.drop_table("image_embeddings")
    op.drop_table("embedding_spaces")

"""Indexes of the pictures that are not what most are: rated general, and uploaded.

Revision ID: 017
Revises: 016
"""

import sqlalchemy as sa

from alembic import op

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None

USUAL = {"rating": "general", "source": "upload"}


def upgrade() -> None:
    # Beside the gallery's own work, not instead of it; what a broken-off try left invalid goes first.
    with op.get_context().autocommit_block():
        for column, usual in USUAL.items():
            name, where = f"ix_images_{column}", sa.text(f"{column} <> '{usual}'")
            op.drop_index(name, table_name="images", if_exists=True, postgresql_concurrently=True)
            op.create_index(
                name, "images", [column], postgresql_concurrently=True, postgresql_where=where, sqlite_where=where
            )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for column in USUAL:
            op.drop_index(f"ix_images_{column}", table_name="images", postgresql_concurrently=True)

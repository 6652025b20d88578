"""What one stores, counted from an index: every page and every upload asks for it.

Revision ID: 005
Revises: 004
"""

import sqlalchemy as sa

from alembic import op

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None

NAME = "ix_images_belongings"
STORED = "status <> 'removed'"


def upgrade() -> None:
    # Beside the gallery's own work, not instead of it; what a broken-off try left invalid goes first.
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="images", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            NAME,
            "images",
            ["owner_id"],
            postgresql_include=["byte_size"],
            postgresql_where=sa.text(STORED),
            sqlite_where=sa.text(STORED),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="images", postgresql_concurrently=True)

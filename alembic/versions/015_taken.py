"""By when pictures were taken their places in the order of the list are found without reading them.

Revision ID: 015
Revises: 014
"""

import sqlalchemy as sa

from alembic import op

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None

NAME = "ix_images_listed_taken_at"
TAKEN = "deleted_at IS NULL AND status = 'ready' AND visibility = 'public' AND taken_at IS NOT NULL"


def upgrade() -> None:
    # Beside the gallery's own work, not instead of it; what a broken-off try left invalid goes first.
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="images", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            NAME,
            "images",
            ["taken_at"],
            postgresql_concurrently=True,
            postgresql_include=["created_at", "id"],
            postgresql_where=sa.text(TAKEN),
            sqlite_where=sa.text(TAKEN),
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="images", postgresql_concurrently=True)

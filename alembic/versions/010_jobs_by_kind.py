"""The newest job of a kind: how the last try went, and whether one waits already.

Revision ID: 010
Revises: 009
"""

from alembic import op

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None

NAME = "ix_jobs_kind"


def upgrade() -> None:
    # Beside the gallery's own work, not instead of it; what a broken-off try left invalid goes first.
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="jobs", if_exists=True, postgresql_concurrently=True)
        op.create_index(NAME, "jobs", ["kind", "created_at"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="jobs", postgresql_concurrently=True)

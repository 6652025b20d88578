"""How many of somebody's jobs run right now: every claim asks, for everybody who waits.

Revision ID: 007
Revises: 006
"""

import sqlalchemy as sa

from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None

NAME = "ix_jobs_running_owner"
RUNNING = "status = 'running'"


def upgrade() -> None:
    # Beside the gallery's own work, not instead of it; what a broken-off try left invalid goes first.
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="jobs", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            NAME,
            "jobs",
            ["queue", "owner_id"],
            postgresql_where=sa.text(RUNNING),
            sqlite_where=sa.text(RUNNING),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(NAME, table_name="jobs", postgresql_concurrently=True)

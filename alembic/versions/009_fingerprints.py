"""A space belongs to certain weights, not to all that go by the same name.

Revision ID: 009
Revises: 008
"""

import sqlalchemy as sa

from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None

TABLE = "embedding_spaces"
BY_NAME = "embedding_spaces_model_key"
BY_WEIGHTS = "uq_embedding_spaces_weights"
NAMED = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""PostgreSQL's own way of naming: SQLite keeps no name of a constraint that was given none."""


def upgrade() -> None:
    with op.batch_alter_table(TABLE, naming_convention=NAMED) as table:
        table.add_column(sa.Column("fingerprint", sa.String(64), nullable=False, server_default=""))
        table.drop_constraint(BY_NAME, type_="unique")
        table.create_unique_constraint(BY_WEIGHTS, ["model", "fingerprint"])


def downgrade() -> None:
    # Of two spaces of one name only the searched one can stay.
    spaces = sa.table(TABLE, sa.column("id"), sa.column("status"))
    op.execute(sa.delete(spaces).where(spaces.c.status != "active"))
    with op.batch_alter_table(TABLE, naming_convention=NAMED) as table:
        table.drop_constraint(BY_WEIGHTS, type_="unique")
        table.create_unique_constraint(BY_NAME, ["model"])
        table.drop_column("fingerprint")

"""A space belongs to certain weights, not to all of one name; what cannot be placed has a row without a vector.

Revision ID: 009
Revises: 008
"""

import sqlalchemy as sa

from alembic import op
from clonegallery.models.vector import PortableVector

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None

SPACES, VECTORS = "embedding_spaces", "image_embeddings"
BY_NAME = "embedding_spaces_model_key"
BY_WEIGHTS = "uq_embedding_spaces_weights"
NAMED = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""PostgreSQL's own way of naming: SQLite keeps no name of a constraint that was given none."""


def upgrade() -> None:
    with op.batch_alter_table(SPACES, naming_convention=NAMED) as table:
        table.add_column(sa.Column("fingerprint", sa.String(64), nullable=False, server_default=""))
        table.drop_column("walked_to")
        table.drop_constraint(BY_NAME, type_="unique")
        table.create_unique_constraint(BY_WEIGHTS, ["model", "fingerprint"])
    with op.batch_alter_table(VECTORS) as table:
        table.alter_column("vector", existing_type=PortableVector(), nullable=True)


def downgrade() -> None:
    # Of two spaces of one name only the searched one can stay; what lies in the others goes with them.
    spaces = sa.table(SPACES, sa.column("id"), sa.column("status"))
    vectors = sa.table(VECTORS, sa.column("space_id"), sa.column("vector"))
    unused = sa.select(spaces.c.id).where(spaces.c.status != "active")
    for space_id in op.get_bind().execute(unused).scalars().all():
        op.execute(f"DROP INDEX IF EXISTS ix_{VECTORS}_space_{space_id}")
        op.execute(sa.delete(vectors).where(vectors.c.space_id == space_id))
        op.execute(sa.delete(spaces).where(spaces.c.id == space_id))
    op.execute(sa.delete(vectors).where(vectors.c.vector.is_(None)))
    with op.batch_alter_table(VECTORS) as table:
        table.alter_column("vector", existing_type=PortableVector(), nullable=False)
    with op.batch_alter_table(SPACES, naming_convention=NAMED) as table:
        table.drop_constraint(BY_WEIGHTS, type_="unique")
        table.create_unique_constraint(BY_NAME, ["model"])
        table.add_column(sa.Column("walked_to", sa.Uuid(), nullable=True))
        table.drop_column("fingerprint")

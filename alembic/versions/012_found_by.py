"""The indexes of the search.

Revision ID: 012
Revises: 011
"""

import sqlalchemy as sa

from alembic import op

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None

LOCATED = "gps_latitude IS NOT NULL"
FOUND_BY = ("camera_id", "lens_id", "model_id", "aperture", "exposure", "iso", "focal_length", "taken_at")
IMAGES = (
    *((f"ix_images_{column}", [column], f"{column} IS NOT NULL") for column in FOUND_BY),
    ("ix_images_gps", ["owner_id", "gps_latitude", "gps_longitude"], LOCATED),
    ("ix_images_wordless", ["id"], "document IS NULL"),
)
MADE = ("ix_generated_images_seed", ["seed"], "seed IS NOT NULL")


def upgrade() -> None:
    # Beside the gallery's own work, not instead of it; what a broken-off try left invalid goes first.
    with op.get_context().autocommit_block():
        for name, columns, where in IMAGES:
            _make(name, "images", columns, where)
        _make(MADE[0], "generated_images", MADE[1], MADE[2])
        if op.get_bind().dialect.name == "postgresql":
            # Each change of a row goes into the index at once: a list of changes to come would be read by each search.
            op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_images_document")
            op.execute(
                "CREATE INDEX CONCURRENTLY ix_images_document ON images USING gin (document) WITH (fastupdate = off)"
            )


def _make(name: str, table: str, columns: list[str], where: str) -> None:
    op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
    op.create_index(
        name,
        table,
        columns,
        postgresql_concurrently=True,
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
    )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        if op.get_bind().dialect.name == "postgresql":
            op.execute("DROP INDEX CONCURRENTLY ix_images_document")
        op.drop_index(MADE[0], table_name="generated_images", postgresql_concurrently=True)
        for name, _, _ in IMAGES:
            op.drop_index(name, table_name="images", postgresql_concurrently=True)

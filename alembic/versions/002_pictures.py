"""Pictures, their smaller copies and their tags.

Revision ID: 002
Revises: 001
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
LISTED = "deleted_at IS NULL AND status = 'ready' AND visibility = 'public'"
OWN = "deleted_at IS NULL AND NOT (status = 'ready' AND visibility = 'public')"


def upgrade() -> None:
    op.create_table(
        "images",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("caption", sa.String(5000), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("rating", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("error", sa.String(500), nullable=True),
        sa.Column("original_filename", sa.String(255), nullable=False),
        sa.Column("storage_key", sa.String(255), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mime", sa.String(40), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("animated", sa.Boolean(), nullable=False),
        sa.Column("thumbhash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("dominant_color", sa.String(7), nullable=True),
        sa.Column("camera_make", sa.String(100), nullable=True),
        sa.Column("camera_model", sa.String(100), nullable=True),
        sa.Column("lens", sa.String(200), nullable=True),
        sa.Column("focal_length", sa.Float(), nullable=True),
        sa.Column("aperture", sa.Float(), nullable=True),
        sa.Column("exposure", sa.Float(), nullable=True),
        sa.Column("iso", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at_offset_minutes", sa.Integer(), nullable=True),
        sa.Column("gps_latitude", sa.Numeric(precision=10, scale=8, asdecimal=False), nullable=True),
        sa.Column("gps_longitude", sa.Numeric(precision=11, scale=8, asdecimal=False), nullable=True),
        sa.Column("exif", JSON, nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("likes", sa.Integer(), nullable=False),
        sa.Column("sort_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idempotency_key", sa.String(100), nullable=True),
        sa.Column("generation_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("rating IN ('general', 'sensitive', 'explicit')", name="ck_images_rating"),
        sa.CheckConstraint("source IN ('upload', 'generation', 'import')", name="ck_images_source"),
        sa.CheckConstraint("status IN ('processing', 'ready', 'failed', 'removed')", name="ck_images_status"),
        sa.CheckConstraint("visibility IN ('public', 'unlisted', 'private')", name="ck_images_visibility"),
        sa.CheckConstraint("(gps_latitude IS NULL) = (gps_longitude IS NULL)", name="ck_images_gps_both"),
        sa.CheckConstraint("aperture IS NULL OR (aperture > 0)", name="ck_images_aperture_range"),
        sa.CheckConstraint("byte_size >= 0 AND width > 0 AND height > 0", name="ck_images_size"),
        sa.CheckConstraint("exposure IS NULL OR (exposure > 0)", name="ck_images_exposure_range"),
        sa.CheckConstraint("focal_length IS NULL OR (focal_length > 0)", name="ck_images_focal_length_range"),
        sa.CheckConstraint(
            "gps_latitude IS NULL OR (gps_latitude BETWEEN -90 AND 90)", name="ck_images_gps_latitude_range"
        ),
        sa.CheckConstraint(
            "gps_longitude IS NULL OR (gps_longitude BETWEEN -180 AND 180)", name="ck_images_gps_longitude_range"
        ),
        sa.CheckConstraint("iso IS NULL OR (iso > 0)", name="ck_images_iso_range"),
        sa.CheckConstraint("views >= 0 AND likes >= 0", name="ck_images_counters"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["parent_id"], ["images.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_images_listed_by_owner",
        "images",
        ["owner_id", "created_at", "id"],
        postgresql_where=sa.text(LISTED),
        sqlite_where=sa.text(LISTED),
    )
    op.create_index(
        "ix_images_listed_created",
        "images",
        ["created_at", "id"],
        postgresql_where=sa.text(LISTED),
        sqlite_where=sa.text(LISTED),
    )
    op.create_index(
        "ix_images_listed_popular",
        "images",
        ["likes", "views", "id"],
        postgresql_where=sa.text(LISTED),
        sqlite_where=sa.text(LISTED),
    )
    op.create_index(
        "ix_images_listed_taken",
        "images",
        ["sort_at", "id"],
        postgresql_where=sa.text(LISTED),
        sqlite_where=sa.text(LISTED),
    )
    op.create_index(
        "ix_images_own_created",
        "images",
        ["owner_id", "created_at", "id"],
        postgresql_where=sa.text(OWN),
        sqlite_where=sa.text(OWN),
    )
    op.create_index(
        "ix_images_own_popular",
        "images",
        ["owner_id", "likes", "views", "id"],
        postgresql_where=sa.text(OWN),
        sqlite_where=sa.text(OWN),
    )
    op.create_index(
        "ix_images_own_taken",
        "images",
        ["owner_id", "sort_at", "id"],
        postgresql_where=sa.text(OWN),
        sqlite_where=sa.text(OWN),
    )
    op.create_index(
        "ix_images_parent",
        "images",
        ["parent_id"],
        postgresql_where=sa.text("parent_id IS NOT NULL"),
        sqlite_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index(
        "ix_images_trash",
        "images",
        ["owner_id", "deleted_at", "id"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "uq_images_idempotency",
        "images",
        ["owner_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
        sqlite_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_index(
        "uq_images_owner_sha256_live",
        "images",
        ["owner_id", "sha256"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL AND status <> 'failed'"),
        sqlite_where=sa.text("deleted_at IS NULL AND status <> 'failed'"),
    )
    op.create_table(
        "derivatives",
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("variant", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("storage_key", sa.String(255), nullable=False),
        sa.CheckConstraint("variant IN ('thumb_300', 'thumb_600', 'thumb_1200')", name="ck_derivatives_variant"),
        sa.CheckConstraint("byte_size > 0 AND width > 0 AND height > 0", name="ck_derivatives_size"),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("image_id", "variant"),
        sa.UniqueConstraint("storage_key"),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "image_tags",
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("image_id", "tag_id"),
    )
    op.create_index("ix_image_tags_tag", "image_tags", ["tag_id", "image_id"])


def downgrade() -> None:
    op.drop_table("image_tags")
    op.drop_table("tags")
    op.drop_table("derivatives")
    op.drop_table("images")

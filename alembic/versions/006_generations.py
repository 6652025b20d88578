"""What people ask to have made, and what was used for it.

Revision ID: 006
Revises: 005
"""

import sqlalchemy as sa

from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

MAKERS = "provider IN ('local', 'replicate', 'openai', 'stability')"
CAPS = ("generations_queued_max", "generations_running_max", "generated_images_per_day")


def upgrade() -> None:
    for name in CAPS:
        op.add_column("users", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("job_turns", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("job_turns", sa.Column("running_max", sa.Integer(), nullable=True))
    _make_generations()
    _make_generated_images()


def _make_generations() -> None:
    op.create_table(
        "generations",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("owner_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("job_id", sa.Uuid(), sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(255), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("negative_prompt", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=True),
        sa.Column("guidance_scale", sa.Float(), nullable=True),
        sa.Column("scheduler", sa.String(60), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("init_image_id", sa.Uuid(), sa.ForeignKey("images.id", ondelete="SET NULL"), nullable=True),
        sa.Column("strength", sa.Float(), nullable=True),
        sa.Column("visibility", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=True),
        sa.Column("fallback", sa.String(500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(MAKERS, name="ck_generations_provider"),
        sa.CheckConstraint("visibility IN ('public', 'unlisted', 'private')", name="ck_generations_visibility"),
        sa.CheckConstraint("count BETWEEN 1 AND 8", name="ck_generations_count"),
        sa.CheckConstraint("width > 0 AND height > 0", name="ck_generations_size"),
        sa.CheckConstraint("seed >= 0", name="ck_generations_seed"),
        sa.CheckConstraint("steps IS NULL OR steps > 0", name="ck_generations_steps"),
        sa.CheckConstraint("strength IS NULL OR strength BETWEEN 0 AND 1", name="ck_generations_strength"),
    )
    op.create_index("ix_generations_owner", "generations", ["owner_id", "created_at", "id"])
    op.create_index("ix_generations_job", "generations", ["job_id"], unique=True)


def _make_generated_images() -> None:
    op.create_table(
        "generated_images",
        sa.Column("image_id", sa.Uuid(), sa.ForeignKey("images.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("generation_id", sa.Uuid(), sa.ForeignKey("generations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("model", sa.String(255), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("negative_prompt", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=True),
        sa.Column("guidance_scale", sa.Float(), nullable=True),
        sa.Column("scheduler", sa.String(60), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("strength", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("cost", sa.Numeric(12, 6), nullable=True),
        sa.CheckConstraint(MAKERS, name="ck_generated_images_provider"),
        sa.CheckConstraint("position >= 0", name="ck_generated_images_position"),
        sa.UniqueConstraint("generation_id", "position", name="uq_generated_images_position"),
    )


def downgrade() -> None:
    op.drop_table("generated_images")
    op.drop_table("generations")
    op.drop_column("job_turns", "running_max")
    op.drop_column("job_turns", "priority")
    for name in reversed(CAPS):
        op.drop_column("users", name)

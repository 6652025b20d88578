"""What opens an account beside its password, the audit log, and likes.

Revision ID: 004
Revises: 003
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic.operations import BatchOperations
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
VISIBILITY = "default_visibility IN ('public', 'unlisted', 'private')"
LOGINS = ("email", "username")
REFUSE = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    _widen_users_and_sessions()
    _create_refresh_tokens()
    _create_api_keys()
    _create_oauth_identities()
    _create_mailed_links()
    _create_audit_log()
    _create_likes()


def downgrade() -> None:
    for name in ("image_likes", "audit_log", "mailed_links", "oauth_identities", "api_keys", "refresh_tokens"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
    op.execute("DELETE FROM login_sessions WHERE kind <> 'browser'")
    with op.batch_alter_table("login_sessions") as table:
        table.drop_constraint("ck_login_sessions_token", type_="check")
        table.drop_constraint("ck_login_sessions_method", type_="check")
        table.drop_constraint("ck_login_sessions_kind", type_="check")
        table.alter_column("token_hash", existing_type=sa.LargeBinary(length=32), nullable=False)
        table.drop_column("method")
        table.drop_column("kind")
    with _altered_users() as table:
        table.drop_constraint("ck_users_default_visibility", type_="check")
        table.drop_column("default_visibility")


def _widen_users_and_sessions() -> None:
    """New columns have defaults in the database, so that the release before this one can go on inserting."""
    with _altered_users() as table:
        table.add_column(sa.Column("default_visibility", sa.String(20), nullable=False, server_default="private"))
        table.create_check_constraint("ck_users_default_visibility", VISIBILITY)
    with op.batch_alter_table("login_sessions") as table:
        table.add_column(sa.Column("kind", sa.String(20), nullable=False, server_default="browser"))
        table.add_column(sa.Column("method", sa.String(20), nullable=False, server_default="password"))
        table.alter_column("token_hash", existing_type=sa.LargeBinary(length=32), nullable=True)
        table.create_check_constraint("ck_login_sessions_kind", "kind IN ('browser', 'api')")
        table.create_check_constraint("ck_login_sessions_method", "method IN ('password', 'google', 'github')")
        table.create_check_constraint("ck_login_sessions_token", "(kind = 'browser') = (token_hash IS NOT NULL)")


@contextmanager
def _altered_users() -> Iterator[BatchOperations]:
    """SQLite makes the table anew, and its indexes of expressions, which Alembic cannot read, have to be made again."""
    with op.batch_alter_table("users") as table:
        yield table
    for name in LOGINS if op.get_bind().dialect.name == "sqlite" else ():
        op.create_index(f"uq_users_{name}_lower", "users", [sa.literal_column(f"lower({name})")], unique=True)


def _create_refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("successor_nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["login_sessions.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_refresh_tokens_session", "refresh_tokens", ["session_id"])


def _create_api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token_epoch", sa.Integer(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_api_keys_user", "api_keys", ["user_id", "created_at"])


def _create_oauth_identities() -> None:
    op.create_table(
        "oauth_identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("provider IN ('google', 'github')", name="ck_oauth_identities_provider"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "subject", name="uq_oauth_identities_subject"),
        sa.UniqueConstraint("user_id", "provider", name="uq_oauth_identities_user"),
    )


def _create_mailed_links() -> None:
    op.create_table(
        "mailed_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('verify_email', 'reset_password')", name="ck_mailed_links_purpose"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_mailed_links_user", "mailed_links", ["user_id", "purpose"])


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(50), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(300), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at", "id"])
    op.create_index("ix_audit_log_subject", "audit_log", ["subject_id", "at"])
    _make_append_only()


def _make_append_only() -> None:
    """No statement of the gallery, and none of an intruder with its password, rewrites what was logged."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(REFUSE)
        op.execute(
            "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_log_no_{event.lower()} BEFORE {event} ON audit_log"
            " BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END"
        )


def _create_likes() -> None:
    op.create_table(
        "image_likes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "image_id"),
    )
    op.create_index("ix_image_likes_image", "image_likes", ["image_id"])

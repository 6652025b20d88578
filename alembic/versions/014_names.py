"""What the search box suggests: tags by their beginnings, and which names somebody finds pictures by.

Revision ID: 014
Revises: 013
"""

import sqlalchemy as sa

from alembic import op

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None

LISTED = "deleted_at IS NULL AND status = 'ready' AND visibility = 'public'"
UNLISTED_OWN = "deleted_at IS NULL AND NOT (status = 'ready' AND visibility = 'public')"
MADE_WITH = ("camera_id", "lens_id", "model_id")
INDEXES = (
    ("ix_tags_folded", "tags", ["folded"], None),
    ("ix_tags_listed", "tags", ["listed", "folded"], None),
    ("ix_tags_unfolded", "tags", ["id"], "folded IS NULL"),
    ("ix_image_tags_listed", "image_tags", ["tag_id"], "listed"),
    ("ix_image_tags_own", "image_tags", ["owner_id", "tag_id"], "NOT listed"),
    *((f"ix_images_listed_{one}", "images", [one], f"{LISTED} AND {one} IS NOT NULL") for one in MADE_WITH),
    *(
        (f"ix_images_own_{one}", "images", ["owner_id", one], f"{UNLISTED_OWN} AND {one} IS NOT NULL")
        for one in MADE_WITH
    ),
)

# In whose lists a picture is: everybody's, its owner's alone, or nobody's.
PLACE = (
    "CASE WHEN images.deleted_at IS NULL AND images.status <> 'failed'"
    " THEN images.status = 'ready' AND images.visibility = 'public' END"
)
BEFORE, AFTER = PLACE.replace("images.", "OLD."), PLACE.replace("images.", "NEW.")
MOVED = "status, visibility, deleted_at, owner_id"
AT_ONCE = 5_000

# The picture is held while a tag is put on it: else who publishes or hides it meanwhile would not see the new tag.
POSTGRESQL = """
CREATE FUNCTION place_image_tag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT owner_id, @place INTO NEW.owner_id, NEW.listed FROM images WHERE id = NEW.image_id FOR SHARE;
    RETURN NEW;
END $$

CREATE TRIGGER image_tags_placed BEFORE INSERT ON image_tags FOR EACH ROW EXECUTE FUNCTION place_image_tag()

CREATE FUNCTION move_image_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE image_tags SET owner_id = NEW.owner_id, listed = @after WHERE image_id = NEW.id;
    RETURN NULL;
END $$

CREATE TRIGGER images_moved AFTER UPDATE OF @moved ON images FOR EACH ROW
WHEN ((OLD.owner_id, @before) IS DISTINCT FROM (NEW.owner_id, @after)) EXECUTE FUNCTION move_image_tags()
"""
SQLITE = """
CREATE TRIGGER image_tags_placed AFTER INSERT ON image_tags BEGIN
    UPDATE image_tags SET (owner_id, listed) = (SELECT owner_id, @place FROM images WHERE id = NEW.image_id)
    WHERE image_id = NEW.image_id AND tag_id = NEW.tag_id;
END

CREATE TRIGGER images_moved AFTER UPDATE OF @moved ON images BEGIN
    UPDATE image_tags SET owner_id = NEW.owner_id, listed = @after WHERE image_id = NEW.id;
END
"""
NTH = "SELECT id FROM images WHERE id > :last ORDER BY id LIMIT 1 OFFSET :skipped"
FILL = """
UPDATE image_tags SET owner_id = seen.owner_id, listed = seen.listed
FROM (SELECT id, owner_id, @place AS listed FROM images WHERE id > :last AND id <= :upto @held) AS seen
WHERE seen.id = image_tags.image_id
"""


def upgrade() -> None:
    if "folded" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("tags")}:
        _add()  # Else a try was broken off after it.
    with op.get_context().autocommit_block():
        _place_all()
        # Beside the gallery's own work, not instead of it; what a broken-off try left invalid goes first.
        for name, table, columns, where in INDEXES:
            _make(name, table, columns, where)


def _add() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    by_code_point = ' COLLATE "C"' if is_postgresql else ""
    op.execute(f"ALTER TABLE tags ADD COLUMN folded VARCHAR(200){by_code_point}")
    for table in ("tags", "instruments"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN listed INTEGER NOT NULL DEFAULT 0")
    op.add_column("image_tags", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column("image_tags", sa.Column("listed", sa.Boolean(), nullable=True))
    for statement in (POSTGRESQL if is_postgresql else SQLITE).strip().split("\n\n"):
        op.execute(_filled(statement))


def _place_all() -> None:
    """Some thousand pictures at a time, so that nobody waits long for one of them."""
    bind = op.get_bind()
    held = "FOR SHARE" if bind.dialect.name == "postgresql" else ""
    fill, last = sa.text(_filled(FILL).replace("@held", held)), "0" * 32
    while last != "f" * 32:
        upto = bind.execute(sa.text(NTH), {"last": last, "skipped": AT_ONCE - 1}).scalar()
        upto = str(upto or "f" * 32).replace("-", "")
        bind.execute(fill, {"last": last, "upto": upto})
        last = upto


def _filled(statement: str) -> str:
    for name, text in (("@place", PLACE), ("@before", BEFORE), ("@after", AFTER), ("@moved", MOVED)):
        statement = statement.replace(name, text)
    return statement


def _make(name: str, table: str, columns: list[str], where: str | None) -> None:
    condition = where and sa.text(where)
    op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
    op.create_index(
        name, table, columns, postgresql_concurrently=True, postgresql_where=condition, sqlite_where=condition
    )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name, table, _, _ in INDEXES:
            op.drop_index(name, table_name=table, postgresql_concurrently=True)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER images_moved ON images")
        op.execute("DROP TRIGGER image_tags_placed ON image_tags")
        op.execute("DROP FUNCTION move_image_tags")
        op.execute("DROP FUNCTION place_image_tag")
    else:
        op.execute("DROP TRIGGER images_moved")
        op.execute("DROP TRIGGER image_tags_placed")
    for one in ("image_tags.listed", "image_tags.owner_id", "instruments.listed", "tags.listed", "tags.folded"):
        table, column = one.split(".")
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")

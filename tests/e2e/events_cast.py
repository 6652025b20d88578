"""Who sends the events of the table, and what they are about; everything is as it was before each of them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg

from clonegallery.accounts import service
from clonegallery.accounts.schemas import ANONYMOUS, ProvenIdentity, Provider, Scope, Viewer
from clonegallery.accounts.secrets import cookie_name
from clonegallery.clock import utcnow
from clonegallery.generations import service as generations
from clonegallery.generations.schemas import JobStatus
from clonegallery.models.account import Role
from clonegallery.settings import get_settings
from tests.e2e.site import Site
from tests.factories import PASSWORD, TestPerson
from tests.ui.pages.generating import generation_of, picture_made

_ROLES = {"visitor": Role.VISITOR, "editor": Role.EDITOR, "admin": Role.ADMIN, "owner": Role.EDITOR}
_RESET = """
UPDATE users SET role = 'Visitor', is_active = true, token_epoch = 0 WHERE username = 'ev-target';
UPDATE users SET is_active = false WHERE username = 'ev-disabled';
UPDATE users SET default_visibility = 'private' WHERE username LIKE 'ev-%';
DELETE FROM api_keys WHERE name = 'made';
DELETE FROM jobs WHERE kind = 'generate' AND subject_id NOT IN
    (SELECT id FROM generations WHERE prompt IN ('Waiting of the owner', 'Failed of the owner', 'Made by the owner'));
"""
# What an event may change; moments of use, counters and what workers write by themselves are left out.
_STORED = {
    "users": "id, email, username, password_hash, role, is_active, email_verified, token_epoch, default_visibility",
    "login_sessions": "id, user_id, token_epoch",
    "api_keys": "id, user_id, name, scopes, expires_at",
    "oauth_identities": "id, user_id, provider",
    "images": "id, owner_id, title, caption, status, visibility, deleted_at",
    "image_tags": "image_id, tag_id",
    "image_likes": "image_id, user_id",
    "jobs": "id, kind, CASE WHEN kind = 'generate' THEN status END",
    "generations": "id, owner_id, job_id, prompt",
}
_WORKERS_OWN = "kind IN ('mail_link', 'delete_blobs', 'generate')"


class Cast:
    """Everybody with a browser session; `names` fills the braces of the table."""

    def __init__(self, site: Site) -> None:
        self._connection = psycopg.connect(site.database_url, autocommit=True)
        self._people: dict[str, TestPerson] = {}
        self._owner: Viewer | None = None
        self.cookies = {"anonymous": ""}
        self.names: dict[str, str] = {"password": PASSWORD, "image_id": "", "title": ""}

    async def assemble(self) -> None:
        """Sign everybody in, here only: whoever has another sign-in could end it."""
        self._connection.execute(
            "DELETE FROM login_sessions WHERE user_id IN (SELECT id FROM users WHERE username LIKE 'ev-%')"
        )
        for asker, role in _ROLES.items():
            person = self._people[asker] = await _person(f"ev-{asker}", role)
            signed_in = await service.sign_in(person.username, PASSWORD)
            self.cookies[asker] = f"{cookie_name(secure=get_settings().secure)}={signed_in.token}"
            if asker == "owner":
                self._owner = signed_in.viewer
        target, disabled = await _person("ev-target", Role.VISITOR), await _person("ev-disabled", Role.VISITOR)
        self.names |= {"target_id": str(target.id), "disabled_id": str(disabled.id), "target_name": target.username}
        self.names["target_email"] = f"{target.username}@example.org"

    async def prepare(self, asker: str, kind: str) -> None:
        """As it was at first: the people, what the owner has, a session of the target's, a picture of this kind."""
        assert self._owner is not None
        self._connection.execute(_RESET)
        self._connection.execute("DELETE FROM jobs WHERE kind = 'mail_link'")
        self.names |= {"own_name": f"ev-{asker}", "own_email": f"ev-{asker}@example.org"}
        self.names["other_session_id"] = self._session("owner", str(self._owner.id))
        self._session("target", self.names["target_id"])
        if not await service.list_identities(self._owner):
            await service.link(self._owner, ProvenIdentity(Provider.GITHUB, "1", "octocat@example.org", "octocat"))
        if not (keys := await service.list_api_keys(self._owner)):
            await service.create_api_key(self._owner, name="a key of the owner", scopes=[Scope.READ])
            keys = await service.list_api_keys(self._owner)
        self.names["key_id"] = str(keys[0].id)
        for status, name in ((JobStatus.QUEUED, "waiting"), (JobStatus.FAILED, "failed")):
            self.names[f"{name}_id"] = await self._generation(status, f"{name.capitalize()} of the owner")
        if kind:
            await self._picture(kind)

    async def _generation(self, status: JobStatus, prompt: str) -> str:
        """The owner's generation of that prompt, at that status, a new one where it was changed."""
        kept = self._connection.execute(
            "SELECT generations.id FROM generations JOIN jobs ON jobs.id = job_id WHERE prompt = %s AND status = %s",
            [prompt, status],
        ).fetchone()
        if kept:
            return str(kept[0])
        self._connection.execute("DELETE FROM generations WHERE prompt = %s", [prompt])
        return str((await generation_of(self._people["owner"], status, prompt=prompt)).id)

    async def _picture(self, kind: str) -> None:
        shown = "public" if kind == "trashed" else kind
        fields: dict[str, Any] = {"visibility": shown, "title": f"Hidden {kind}"}
        if kind == "trashed":
            fields["deleted_at"] = utcnow()
        made = await self._generation(JobStatus.SUCCEEDED, "Made by the owner")
        self._connection.execute("DELETE FROM generated_images WHERE prompt = 'Made by the owner'")
        owner = self._people["owner"]
        image_id = await picture_made(owner, await generations.detail(self._owner or ANONYMOUS, UUID(made)), **fields)
        other = "private" if shown != "private" else "unlisted"
        self.names |= {
            "image_id": str(image_id), "title": fields["title"], "visibility": shown, "other_visibility": other
        }  # fmt: skip

    def _session(self, whose: str, user_id: str) -> str:
        """A sign-in elsewhere, the only one of its kind: the ones that were left over go."""
        self._connection.execute("DELETE FROM login_sessions WHERE user_agent = %s", [f"elsewhere {whose}"])
        row = self._connection.execute(
            "INSERT INTO login_sessions (id, kind, method, token_hash, csrf_token, user_id, token_epoch, user_agent,"
            " address, created_at, last_seen_at, expires_at) SELECT gen_random_uuid(), 'browser', 'password',"
            " decode(md5(random()::text) || md5(random()::text), 'hex'), '', id, token_epoch, %s, '', now(), now(),"
            " now() + interval '1 day' FROM users WHERE id = %s RETURNING id",
            [f"elsewhere {whose}", user_id],
        ).fetchone()
        assert row is not None
        return str(row[0])

    def fingerprint(self) -> str:
        """Changes with everything that an event may change."""
        parts = [
            f"SELECT '{table}' AS source, ({columns})::text AS line FROM {table}"
            + (f" WHERE {_WORKERS_OWN}" if table == "jobs" else "")
            for table, columns in _STORED.items()
        ]
        lines = " UNION ALL ".join(parts)
        row = self._connection.execute(
            f"SELECT md5(string_agg(source || line, ',' ORDER BY source, line)) FROM ({lines}) AS lines".encode()
        ).fetchone()
        assert row is not None
        return str(row[0])

    def demote(self, asker: str) -> None:
        """Make somebody a Visitor."""
        self._connection.execute("UPDATE users SET role = 'Visitor' WHERE username = %s", [f"ev-{asker}"])

    def shut_out(self, asker: str) -> None:
        self._connection.execute("UPDATE users SET is_active = false WHERE username = %s", [f"ev-{asker}"])

    def restore(self, asker: str) -> None:
        """Give somebody again what `demote` and `shut_out` took."""
        role = _ROLES[asker].value
        self._connection.execute(
            "UPDATE users SET is_active = true, role = %s WHERE username = %s", [role, f"ev-{asker}"]
        )

    def dismiss(self) -> None:
        """Take away the pictures, which have no bytes: other tests look at the same gallery."""
        mine = "owner_id IN (SELECT id FROM users WHERE username LIKE 'ev-%')"
        self._connection.execute(f"DELETE FROM images WHERE {mine}".encode())
        self._connection.close()

    def fill(self, value: Any) -> Any:
        """`value` with every `{…}` of its texts filled."""
        if isinstance(value, str):
            return value.format(**self.names)
        if isinstance(value, Mapping):
            return {name: self.fill(inner) for name, inner in value.items()}
        return [self.fill(inner) for inner in value] if isinstance(value, list) else value


async def _person(username: str, role: Role) -> TestPerson:
    """Somebody new, or the one of the test before, as they were."""
    for known in await service.list_users():
        if known.username == username:
            await service.enable(username)
            await service.set_role(username, role)
            return TestPerson(known.id, username, role)
    made = await service.create_user(email=f"{username}@example.org", username=username, password=PASSWORD, role=role)
    return TestPerson(made.id, username, role)

"""Demo pictures for an empty gallery: painted while the pages are built, then taken in like anybody's uploads."""

import asyncio
import hashlib
import shutil
from pathlib import Path

from clonegallery.accounts import service as accounts
from clonegallery.accounts.schemas import Viewer
from clonegallery.demo.catalogue import DemoPicture, catalogue
from clonegallery.errors import NotFound, Unavailable
from clonegallery.generations import demo
from clonegallery.images import service as images
from clonegallery.images.schemas import Upload, UploadFields, Visibility
from clonegallery.models.account import Role
from clonegallery.runtime.painting import Painters
from clonegallery.runtime.progress import Step


class Seeding:
    """Demo pictures on their way from `folder` into the gallery. The folder stays until all of them have arrived."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._painters = Painters(folder)

    async def finish(self, step: Step) -> int:
        """Wait for the painters and hand everything over as the first Admin; returns how many pictures were new.

        Raises `Unavailable` when painting failed.
        What arrived already, in a start that was interrupted, is known by its idempotency key and not taken twice.
        """
        while not self._painters.ended():
            step.note(f"{self._painters.painted()} of {len(catalogue())} painted")
            await asyncio.sleep(0.2)
        if self._painters.painted() < len(catalogue()):
            raise Unavailable("The demo pictures could not be painted. SEED_DEMO=0 starts without them.")
        owner = await _admin()
        new = 0
        # The best looking one last: the gallery shows the newest first.
        for picture in reversed(catalogue()):
            new += await _hand_over(owner, picture, self._folder / picture.filename)
        await demo.begin(owner)
        await asyncio.to_thread(shutil.rmtree, self._folder)
        return new

    def stop(self) -> None:
        """End the painters; what they painted stays for the next start."""
        self._painters.stop()


async def is_empty() -> bool:
    """True where nobody has a picture, not even in the trash."""
    for person in await accounts.list_users():
        owned = await accounts.profile(Viewer(person.id, person.username, person.email, person.role))
        if owned.images:
            return False
    return True


async def _admin() -> Viewer:
    for person in await accounts.list_users():
        if person.role is Role.ADMIN and person.is_active:
            return await accounts.viewer_for(person.id)
    raise NotFound("There is no active Admin whom the demo pictures could belong to.")


async def _hand_over(owner: Viewer, picture: DemoPicture, file: Path) -> bool:
    content = await asyncio.to_thread(file.read_bytes)
    upload = Upload(file, picture.filename, hashlib.sha256(content).hexdigest(), len(content))
    fields = UploadFields(
        title=picture.title,
        caption=picture.caption,
        tags=tuple(picture.tags),
        visibility=Visibility.PUBLIC,
        idempotency_key=f"demo:{picture.filename}",
    )
    _, new = await images.accept_upload(owner, upload, fields)
    return new

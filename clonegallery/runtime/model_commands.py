"""What `python -m clonegallery models …` does: the files of the models that make pictures on this machine."""

from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from clonegallery.errors import GalleryError, Unavailable
from clonegallery.inference.port import Provider
from clonegallery.inference.select import available
from clonegallery.runtime.tables import print_table
from clonegallery.settings import get_settings

_MISSING = "This needs what makes pictures: .venv/bin/python -m pip install -r workers/requirements.txt"


def list_models(_asked: Namespace) -> None:
    """Every model that one may ask for, this machine's with their files."""
    settings = get_settings()
    local = {one.id: one for one in _files().list_models(settings)}
    rows = [
        (str(model.provider), model.id, f"{model.width}x{model.height}", str(model.steps or ""), *_on_disk(files))
        for model in available(settings)
        for files in [local.get(model.id) if model.provider is Provider.LOCAL else None]
    ]
    if not rows:
        print("No model is set up: AI_MODEL names one of this machine, a key opens a service.")
        return
    print_table(("provider", "model", "size", "steps", "on disk", "files"), rows)


def download_models(asked: Namespace) -> None:
    """Fetch the named models, or every one of the hub that is not here, with a bar that moves."""
    files = _files()
    wanted = asked.model or [one.id for one in files.list_models(get_settings()) if not one.present]
    if not wanted:
        print("Every model is there already.")
    for model_id in wanted:
        fetched = _fetch(files, model_id)
        print(f"{fetched.id}: {_size(fetched.size)}, {'whole' if fetched.present else 'not whole'}.")


def _fetch(files: Any, model_id: str) -> Any:
    with _bar() as bar:
        task = bar.add_task(model_id, total=None)
        return files.download(
            get_settings(), model_id, lambda done, total: bar.update(task, completed=done, total=total)
        )


def check_models(asked: Namespace) -> None:
    """Look whether the models' files are there and whole. Raises `GalleryError` naming every one that is not."""
    files = _files()
    wrong = []
    for model_id in asked.model or [one.id for one in files.list_models(get_settings())]:
        try:
            checked = _check(files, model_id, digests=asked.digests)
        except GalleryError as error:
            wrong.append(error.detail)
            continue
        print(f"{model_id}: {len(checked)} files of weights, {_size(sum(one.size for one in checked))}, whole.")
    if wrong:
        raise GalleryError("\n".join(wrong))


def _check(files: Any, model_id: str, *, digests: bool) -> Sequence[Any]:
    with _bar() as bar:
        task = bar.add_task(f"{model_id}: reading", total=None)
        checked: Sequence[Any] = files.check(get_settings(), model_id, digests=digests)
        bar.remove_task(task)
    return checked


def _on_disk(files: Any) -> tuple[str, str]:
    """How large, and how the files are; None is a service's model, which has none here."""
    if files is None:
        return "", "a service"
    return _size(files.size), "there" if files.present else "; ".join(files.faults) or "not fetched"


def _size(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"


def _files() -> Any:
    """The module that knows the hub's library, which only machines that make pictures have."""
    try:
        return import_module("clonegallery.inference.model_files")
    except ModuleNotFoundError as error:
        raise Unavailable(_MISSING) from error


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, TimeRemainingColumn())

"""A small hub: serves folders the way huggingface.co serves repositories, on this machine."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """Serves `repositories` (name to folder), files of weights as large ones; `asked` are the files that were sent."""

    daemon_threads = True

    def __init__(self, repositories: dict[str, Path]) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.repositories = repositories
        self.asked: list[str] = []
        self.gated = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, *_args: Any) -> None:
        """Nothing: the tests' output is theirs."""

    def _answer(self, *, with_body: bool) -> None:
        path = urlsplit(self.path).path
        for name, folder in self.server.repositories.items():
            if path.startswith(f"/api/models/{name}/tree/"):
                return self._send(json.dumps([_entry(file, folder) for file in _files(folder)]).encode(), with_body)
            if path.startswith(f"/api/models/{name}"):
                return self._send(json.dumps({"id": name, "sha": COMMIT, "siblings": []}).encode(), with_body)
            if path.startswith(f"/{name}/resolve/"):
                return self._file(folder, path.split("/", 5)[5], with_body)
        return self._send(b"{}", with_body, status=404, headers={"X-Error-Code": "RepoNotFound"})

    def _file(self, folder: Path, name: str, with_body: bool) -> None:
        if self.server.gated:
            return self._send(b"{}", with_body, status=403, headers={"X-Error-Code": "GatedRepo"})
        if not (folder / name).is_file():
            return self._send(b"{}", with_body, status=404, headers={"X-Error-Code": "EntryNotFound"})
        content = (folder / name).read_bytes()
        if with_body:
            self.server.asked.append(name)
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{_sha256(content)}"'}
        return self._send(content, with_body, headers=headers)

    def _send(
        self, content: bytes, with_body: bool, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(content)


@contextmanager
def running_hub(repositories: dict[str, Path]) -> Iterator[Hub]:
    """A hub that answers until the block ends."""
    hub = Hub(repositories)
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _entry(path: Path, folder: Path) -> dict[str, Any]:
    content = path.read_bytes()
    name, digest = path.relative_to(folder).as_posix(), _sha256(content)
    large = {"lfs": {"oid": digest, "size": len(content), "pointerSize": 134}} if path.suffix == ".safetensors" else {}
    return {"type": "file", "path": name, "size": len(content), "oid": digest[:40], **large}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

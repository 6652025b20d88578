"""A program that knows nothing of the gallery but its OpenAPI document: operations are called by their ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

_BODIES = {"application/json": "json", "application/x-www-form-urlencoded": "data"}


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    body: str
    statuses: frozenset[str]


class Program:
    """One client of the API; `bearer` is what it sends, nothing while it is empty."""

    def __init__(self, http: httpx.AsyncClient, operations: Mapping[str, _Operation]) -> None:
        self._http = http
        self._operations = operations
        self.bearer = ""

    def another(self) -> "Program":
        """Another program on the same gallery, that is nobody yet."""
        return Program(self._http, self._operations)

    async def call(
        self,
        operation_id: str,
        body: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        **path: str,
    ) -> httpx.Response:
        """The answer to this operation, whose status the document must name; `path` fills the path's parameters."""
        operation = self._operations[operation_id]
        sent: dict[str, Any] = {"files": files, "data": body} if files else {operation.body: body}
        answer = await self._http.request(
            operation.method,
            operation.path.format(**path),
            params=query,
            headers={"Authorization": f"Bearer {self.bearer}"} if self.bearer else {},
            **sent if body is not None or files else {},
        )
        assert str(answer.status_code) in operation.statuses, (operation_id, answer.status_code, answer.text)
        return answer

    async def sign_in(self, username: str, password: str) -> str:
        """Become this person; returns the refresh token."""
        answer = await self.call("sign_in", {"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        self.bearer = answer.json()["access_token"]
        token: str = answer.json()["refresh_token"]
        return token


async def read_document(http: httpx.AsyncClient) -> Program:
    """A program made from the document at `/api/openapi.json`."""
    document = (await http.get("/api/openapi.json")).json()
    operations = {
        described["operationId"]: _Operation(
            method.upper(),
            path,
            next(
                (_BODIES[kind] for kind in described.get("requestBody", {}).get("content", {}) if kind in _BODIES), ""
            ),
            frozenset(described["responses"]),
        )
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    }
    return Program(http, operations)

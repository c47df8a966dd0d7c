"""`Idempotency-Key` on POST: a repeat gets the first answer, whatever was lost on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from tracker import database
from tracker.errors import Conflict, Invalid
from tracker.language import Text

T = TypeVar("T")

LONGEST_KEY = 120


async def once(
    request: Request[Any, Any, Any],
    act: Callable[[], Awaitable[T]],
    *,
    now: datetime,
    status: int = 201,
) -> Response[T]:
    """Do `act` and answer with what it returns; with a key, once for this person and route.

    The act and its answer are kept in one transaction, so there is never the one without the
    other. A repeat that comes while the first is under way waits for it. The same key with
    another body is refused, and so nothing is done that was not asked for.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return Response(await act(), status_code=status)
    if not 0 < len(key) <= LONGEST_KEY:
        raise Invalid(
            {
                "Idempotency-Key": Text(
                    f"长度应为 1 到 {LONGEST_KEY}", f"Between 1 and {LONGEST_KEY} characters"
                )
            }
        )
    digest = hashlib.sha256(await request.body()).hexdigest()
    route = f"{request.method} {request.url.path}"
    async with database.transaction():
        new = await database.fetch_row(
            "INSERT INTO remembered_answers (person, key, route, request_hash, status, body, at)"
            " VALUES ($1, $2, $3, $4, $5, ''::bytea, $6)"
            " ON CONFLICT (person, key, route) DO NOTHING RETURNING id",
            request.user.id,
            key,
            route,
            digest,
            status,
            now,
        )
        if new is None:
            return await _remembered(request.user.id, key, route, digest)
        answer = await act()
        await database.execute(
            "UPDATE remembered_answers SET body = $2 WHERE id = $1",
            new["id"],
            msgspec.json.encode(answer),
        )
    return Response(answer, status_code=status)


async def _remembered(person: int, key: str, route: str, digest: str) -> Response[Any]:
    row = await database.fetch_row(
        "SELECT request_hash, status, body FROM remembered_answers"
        " WHERE person = $1 AND key = $2 AND route = $3",
        person,
        key,
        route,
    )
    assert row is not None
    if row["request_hash"] != digest:
        raise Conflict(
            Text(
                "这个 Idempotency-Key 已经用于另一个请求",
                "This Idempotency-Key was used for another request",
            )
        )
    return Response(row["body"], status_code=row["status"], media_type="application/json")

"""Testers with a webhook each, and what they are told: rows, as many as it takes.

await hear(door.execute, [f"{receiver.url}/1", f"{receiver.url}/2"])
await tell(door.execute, "event:1", clock.now)      # both, by webhook

Written behind the tracker's back: it is about what becomes of them, not about how they came there.
How they come there is told in test_webhook.py and its like.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import httpx

Execute = Callable[..., Awaitable[Any]]
"""`tracker.database.execute`, or that of a connection."""

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four.").decode()

_PEOPLE = """
WITH given AS (
    SELECT url, host, n + (SELECT count(*) FROM subscriptions) AS n
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (url, host, n)),
people AS (
    INSERT INTO people (handle, display_name, role, language, joined_at)
    SELECT 'hears' || n, '内测 ' || n, 'tester', 'zh', now() FROM given RETURNING id, handle)
INSERT INTO subscriptions (person, channel, key, host, address, name, language, hears, created_at,
    confirmed_at, gone_because)
SELECT p.id, 'webhook', url, host, jsonb_build_object('url', url, 'secret', $3::text), '', '', '[]',
    now(), now(), ''
FROM given JOIN people p ON p.handle = 'hears' || n ORDER BY n
"""

_NOTICES = """
WITH made AS (
    INSERT INTO notices (person, cause, kind, event, data, at)
    SELECT s.person, $1, 'question', 1, jsonb_build_object('report', s.id, 'title', '打开相机后闪退',
        'question', '哪个模式下？'), $2
    FROM subscriptions s WHERE s.gone_at IS NULL AND s.person IS NOT NULL
        AND ($3::text[] IS NULL OR s.key = ANY ($3))
    ORDER BY s.id RETURNING id, person, at)
INSERT INTO deliveries (notice, subscription, channel, host, due_at, at, state, attempts, detail)
SELECT made.id, s.id, s.channel, s.host, coalesce($4, made.at), made.at, 'pending', 0, ''
FROM made JOIN subscriptions s ON s.person = made.person ORDER BY s.id
"""


async def hear(execute: Execute, urls: Sequence[str]) -> None:
    """A new tester for each address, who hears there alone."""
    hosts = [httpx.URL(url).netloc.decode() for url in urls]
    await execute(_PEOPLE, list(urls), hosts, SECRET)


async def tell(
    execute: Execute,
    cause: str,
    at: datetime,
    *,
    urls: Sequence[str] | None = None,
    due_at: datetime | None = None,
) -> None:
    """Everybody who hears, or those who hear at `urls`, is asked a question that was made then;
    it is due at once, or when it is said."""
    await execute(_NOTICES, cause, at, None if urls is None else list(urls), due_at)

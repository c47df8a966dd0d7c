"""What a look at the ledger costs after two Fridays for twelve thousand people."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from piccolo.querystring import QueryString

from tests.cast import ApiOf
from tests.doing import counting_queries, ok
from tracker import database as door

MANY = 12_000
FRIDAYS = ("2026-11-20", "2026-11-27")

# Of each Friday one in 500 is dead and one in 500 failed; of the later one half is still waiting.
_TOLD = f"""
INSERT INTO people (handle, display_name, role, language, joined_at)
SELECT 't' || i, 'T ' || i, 'tester', 'zh', now() FROM generate_series(1, {MANY}) i;
INSERT INTO subscriptions (person, channel, key, host, address, name, created_at, confirmed_at,
    gone_because, language, hears)
SELECT id, 'webpush', handle, 'push.example.com', '{{}}', '', now(), now(), '', '', '[]'
FROM people WHERE handle LIKE 't%';
INSERT INTO notices (person, cause, kind, event, data, at)
SELECT person, 'release:' || day, 'reply', 1, '{{"report": 1, "title": "闪退"}}', now()
FROM unnest(ARRAY{list(FRIDAYS)}) WITH ORDINALITY AS days (day, n), subscriptions
ORDER BY n, subscriptions.id;
INSERT INTO deliveries (notice, subscription, channel, host, due_at, at, state, attempts, detail)
SELECT n.id, s.id, s.channel, s.host, CASE WHEN state IN ('pending', 'failed') THEN now() END, now(),
    state, 1, ''
FROM notices n JOIN subscriptions s ON s.person = n.person CROSS JOIN LATERAL (SELECT CASE
    WHEN n.id % 500 = 0 THEN 'dead' WHEN n.id % 500 = 1 THEN 'failed'
    WHEN n.id % 2 = 0 OR n.id <= {MANY} THEN 'sent' ELSE 'pending' END) AS x (state) ORDER BY n.id;
ANALYZE people, subscriptions, notices, deliveries;
"""


def _looked_at(plan: dict[str, Any]) -> float:
    """Rows that the scans of a plan read, used or not."""
    rows = sum(_looked_at(below) for below in plan.get("Plans", ()))
    if "Scan" in plan["Node Type"]:
        read = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        rows += read * plan["Actual Loops"]
    return rows


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many rows each statement that is put together from pieces reads."""
    found: list[float] = []
    original = door.rows

    async def counted(query: QueryString) -> Any:
        sql, values = query.compile_string()
        [row] = await door.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *values)
        found.append(_looked_at(msgspec.json.decode(row[0])[0]["Plan"]))
        return await original(query)

    monkeypatch.setattr(door, "rows", counted)
    return found


async def test_a_page_reads_little_more_than_it_shows(api_of: ApiOf, reads: list[float]) -> None:
    await door.execute(_TOLD)
    erin = api_of("erin")
    first, second = (f"release={day}" for day in FRIDAYS)
    for query, shown in (
        ("", 25),
        (first, 25),
        (second, 25),
        ("state=dead", 25),
        ("state=failed", 25),
        (f"{first}&state=dead", 24),
        (f"{first}&state=failed", 24),
        (f"{second}&state=dead&host=push.example.com", 24),
        ("state=pending", 25),
        ("person=t77", 2),
        ("person=t77&state=dead", 0),
        ("notice=500", 1),
    ):
        reads.clear()
        page = await ok(await erin.get(f"deliveries?{query}"))
        assert len(page["items"]) == shown, query
        assert len(reads) == 1
        assert reads[0] < 300, query
        if page["next"]:
            await ok(await erin.get(f"deliveries?{query}&after={page['next']}"))
            assert reads[1] < 300, query
    for query, cost in (("", 2), (first, 3)):
        with counting_queries() as seen:
            await ok(await erin.get(f"deliveries?{query}"))
        assert len(seen) == cost + 1, "and that which explains"

"""How long rules take: routing a burst, one report alone, and trying a rule out over a week.

    python -m tests.bench.routing

A week at 40,000 reports a day lies there already, with texts of sixty words and sixty Chinese
signs; 1, 20 and 300 rules of five phrases are held against what is filed then.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests import cast
from tests.databases import UNSAFE
from tracker import database as door
from tracker.desk.checking import check_rule, check_saved
from tracker.desk.routing import route_filed
from tracker.desk.rule_forms import CheckRule, KeepRule
from tracker.desk.rule_keeping import keep_rule
from tracker.people.queries import person_called
from tracker.reports import search
from tracker.settings import Settings

WEEK, BURST = 280_000, 1_000
PHRASES = 5

_PLACE = """
INSERT INTO device_models (codename, name_zh, name_en, aliases, source)
    SELECT 'model' || n, '', '', '{}', '' FROM generate_series(1, 20) n;
INSERT INTO modules (slug, name_zh, name_en, position)
    SELECT 'module' || n, '', '', n FROM generate_series(1, 12) n;
"""
_FILE = """
WITH r AS (
    INSERT INTO reports (reporter, model, module, severity, title, body, filed_at, updated_at, search)
    SELECT p.id, 1 + n % 20, 1 + n % 12, 'normal', 'report ' || n, repeat('x', 1500), at, at,
        found.search
    FROM people p, generate_series(1, $2::integer) n
    JOIN (SELECT array_to_tsvector(string_to_array(text, ' ')) AS search, place
        FROM unnest($1::text[]) WITH ORDINALITY AS texts (text, place) OFFSET 0) found
        ON place = 1 + n % 500,
        LATERAL (SELECT $3::timestamptz + n * $4::interval AS at) at
    WHERE p.handle = 'alice' RETURNING id, reporter, filed_at
)
INSERT INTO events (at, actor, kind, report, heard_at, routed_at)
SELECT filed_at, reporter, 'report.filed', id, filed_at, $5 FROM r
"""


def _texts(chance: random.Random) -> tuple[list[str], list[str]]:
    """500 texts as search has them, and the words that are in them."""
    english = [f"word{n}" for n in range(5000)]
    signs = [chr(0x4E00 + n) for n in range(3000)]

    def text() -> str:
        latin = " ".join(chance.choices(english, k=60))
        chinese = "".join(chance.choices(signs, k=60))
        return " ".join(search.document_tokens(f"{latin} {chinese}"))

    return [text() for _ in range(500)], english + signs


async def measure(data: Path) -> str:
    chance = random.Random(7)
    await door.start(Settings(data=data), server_options=UNSAFE)
    try:
        await door.migrate()
        for statement in (cast._INSERT_CAST, _PLACE):
            await door.execute(statement)
        texts, words = _texts(chance)
        now = datetime.now(UTC)
        week = timedelta(days=7)
        await door.execute("DROP INDEX reports_search")
        await door.execute(_FILE, texts, WEEK, now - week, week / WEEK, now)
        await door.execute("CREATE INDEX reports_search ON reports USING gin (search)")
        await door.execute("VACUUM ANALYZE reports")
        await door.execute("VACUUM ANALYZE events")
        lines = [
            f"{'rules':>6}{'one report':>14}{'1,000 at once':>16}{'a second':>10}"
            f"{'check: module':>16}{'words':>9}"
        ]
        kept = 0
        cai = await person_called("cai")
        assert cai is not None
        for rules in (0, 19, 299):
            for n in range(kept, rules):
                form = KeepRule(
                    words=chance.sample(words, PHRASES),
                    module=f"module{1 + n % 12}" if n % 3 == 0 else None,
                    owner="erin",
                    labels=[f"label{n % 40}"],
                )
                await keep_rule(cai, f"rule{n}", form, now=now)
            kept = rules
            # Behind all others, which are asked before it.
            wide = KeepRule(module="module3", owner="erin", labels=["wide"], position=1000)
            await keep_rule(cai, "wide", wide, now=now)
            one = [await _route(texts, 1, now) for _ in range(9)]
            burst = [await _route(texts, BURST, now) for _ in range(3)]
            draft = CheckRule(words=[words[0], words[-1]], owner="erin", labels=["draft"])
            spent = []
            for name in ("wide", ""):
                began = time.perf_counter()
                if name:
                    await check_saved(cai, name, days=7, base_url="", now=now)
                else:
                    await check_rule(cai, draft, base_url="", now=now)
                spent.append(time.perf_counter() - began)
            each, many = sorted(one)[4], sorted(burst)[1]
            lines.append(
                f"{rules + 1:>6}{each * 1000:>11.1f} ms{many * 1000:>13.0f} ms{BURST / many:>10,.0f}"
                f"{spent[0]:>14.2f} s{spent[1]:>7.2f} s"
            )
        return "\n".join(lines)
    finally:
        await door.stop()


async def _route(texts: list[str], reports: int, now: datetime) -> float:
    await door.execute(_FILE, texts, reports, now - timedelta(days=1), timedelta(), None)
    began = time.perf_counter()
    assert await route_filed(now=now) == reports
    return time.perf_counter() - began


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="orange-friday-") as directory:
        Path(directory).chmod(0o711)
        sys.stdout.write(asyncio.run(measure(Path(directory))) + "\n")

"""python -m tests.bench.similar FOLDER …: how often a known duplicate is among the likest.

A folder holds `NAME.csv` (Summary, Issue id, Description) and `NAME-combined.csv` (Issue id, and its
duplicates separated by commas). Its reports go into a database of its own, which is thrown away.
Told are recall@1, @5 and @10 over all pairs of which both are there, asked from either end, with
all others as candidates, and how long an answer took.
"""

from __future__ import annotations

import asyncio
import csv
import sys
import tempfile
import time
from pathlib import Path

from tests import cast
from tests.databases import UNSAFE
from tracker import database as door
from tracker.people.queries import person_called
from tracker.proposals import similar
from tracker.reports import search
from tracker.settings import Settings

_PLACE = """
INSERT INTO device_models (codename, name_zh, name_en, aliases, source) VALUES ('one', '', '', '{}', '');
"""
_MODULE = "INSERT INTO modules (slug, name_zh, name_en, position) VALUES ('one', '', '', 1)"
_FILE = """
INSERT INTO reports (reporter, model, ring, module, kind, severity, frequency, title, body, private,
    status, standing, affected, filed_at, updated_at, closed_reason, closed_text, closing_reason,
    closing_text, source, external_id, search)
SELECT p.id, d.id, 'closed', m.id, 'bug', 'normal', 'often', $1, $2, false, 'new', 'new', 0, now(), now(),
    '', '', '', '', '', '', array_to_tsvector($3::text[])
FROM people p, device_models d, modules m WHERE p.handle = 'alice' RETURNING id
"""


async def measure(folder: Path, data: Path) -> str:
    [pairs_of] = folder.glob("*-combined.csv")
    rows_of = pairs_of.with_name(pairs_of.name.replace("-combined", ""))
    await door.start(Settings(data=data), server_options=UNSAFE)
    try:
        await door.migrate()
        for statement in (cast._INSERT_CAST, _PLACE, _MODULE):
            await door.execute(statement)
        numbers: dict[str, int] = {}
        with rows_of.open(newline="") as file:
            for row in csv.DictReader(file):
                title, body = row["Summary"][:200], row["Description"][:20_000]
                tokens = search.document_tokens(title, body)
                made = await door.fetch_row(_FILE, title, body, tokens)
                assert made is not None
                numbers[row["Issue id"]] = made["id"]
        await door.execute("ANALYZE reports")
        with pairs_of.open(newline="") as file:
            pairs = {
                frozenset((numbers[row["Issue id"]], numbers[other]))
                for row in csv.DictReader(file)
                for other in row["Duplicate id"].replace(" ", "").split(",")
                if row["Issue id"] in numbers and other in numbers
            }
        return await _recall(folder.name, len(numbers), pairs)
    finally:
        await door.stop()


async def _recall(name: str, reports: int, pairs: set[frozenset[int]]) -> str:
    erin = await person_called("erin")
    assert erin is not None
    places: list[int] = []
    spent: list[float] = []
    for pair in pairs:
        for asked in pair:
            [other] = pair - {asked}
            began = time.perf_counter()
            found = await similar.like_report(erin, asked, limit=similar.MOST)
            spent.append(time.perf_counter() - began)
            ids = [one.id for one in found]
            places.append(ids.index(f"R-{other}") + 1 if f"R-{other}" in ids else 999)
    recall = "  ".join(
        f"recall@{most} {sum(place <= most for place in places) / len(places):.3f}"
        for most in (1, 5, 10)
    )
    median = sorted(spent)[len(spent) // 2] * 1000
    return f"{name}: {reports} reports, {len(pairs)} pairs: {recall}, {median:.0f} ms"


if __name__ == "__main__":
    for named in sys.argv[1:]:
        with tempfile.TemporaryDirectory(prefix="orange-friday-") as directory:
            Path(directory).chmod(0o711)
            sys.stdout.write(asyncio.run(measure(Path(named), Path(directory))) + "\n")

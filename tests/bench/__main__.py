"""`make bench`: how fast it is, against a bare page in the same run, all on one core.

make bench                          two sizes, some five minutes
make bench ARGS="--quick"           10,000 reports and short runs
make bench ARGS="--notices"         a million notices alone: the queue, and Web Push
make bench ARGS="--json bench.json" the figures for a machine as well
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import seed, servers
from tests.bench.deliveries import million
from tests.bench.friday import big_friday
from tests.bench.kept import post_against_static
from tests.bench.load import Load, Target, measure
from tests.bench.push import web_push
from tests.bench.terminal import terminal

PAGES = {
    "list": "/reports",
    "one report": "/reports/R-{middle}",
    "board": "/devices/model2",
    "changelog": "/releases/{friday}",
    "list by API": "/api/v1/reports",
    "filing by API": "/api/v1/reports",
}
FILING = "filing by API"
REPORT = {
    "device": "model2",
    "module": "module1",
    "title": "打开相机后闪退",
    "body": "1. 锁屏\n2. 从右下角滑动打开相机\n3. 约一秒后闪退，有时提示「相机被占用」",
    "severity": "major",
}
SHARE = {"list": 1 / 15, "one report": 1 / 10, FILING: 1 / 8}
"""Of the bare page's rate, at 100,000 reports: what we aim for."""


@dataclass(frozen=True)
class Figure:
    page: str
    reports: int
    clients: int
    load: Load
    share: float
    """Of the bare page's rate with as many clients, measured right before."""
    queries: int = 0


def headers_for(path: str) -> dict[str, str]:
    if path.startswith("/api/"):
        return {"Authorization": f"Bearer {seed.TOKEN}"}
    # The second as a browser keeps it from its first page: pages of those signed in have a form.
    cookies = f"session={seed.SESSION}; csrf={'f' * 128}"
    return {"Cookie": cookies, "Accept-Language": "zh-CN"}


def measure_size(data: Path, *, reports: int, seconds: int) -> tuple[list[Figure], float]:
    """Every page with one client and with eight, and the memory of the process afterwards."""
    friday = seed.last_friday()
    figures: list[Figure] = []
    with servers.tracker(data) as tracker, servers.bare() as bare:
        for clients in (1, 8):
            for page, pattern in PAGES.items():
                path = pattern.format(middle=reports // 2, friday=friday)
                body = REPORT if page == FILING else None
                ours = Target(tracker.url + path, headers_for(path), body)
                measure(ours, clients=clients, seconds=1)
                base = measure(Target(bare.url), clients=clients, seconds=seconds)
                load = measure(ours, clients=clients, seconds=seconds)
                figures.append(Figure(page, reports, clients, load, load.rate / base.rate))
        memory = tracker.memory()
        count = servers.QueryCount(data)
        with count.counting():
            queries = {
                page: count.of(
                    tracker.url + pattern.format(middle=reports // 2, friday=friday),
                    headers_for(pattern),
                )
                for page, pattern in PAGES.items()
                if page != FILING
            }
    return [replace(one, queries=queries.get(one.page, 0)) for one in figures], memory


def cold_start(data: Path, *, times: int = 3) -> float:
    """Seconds from the process's start to its first page, its own database included."""
    spans = []
    for _ in range(times):
        with servers.tracker(data, path="/signin") as tracker:
            spans.append(tracker.seconds)
    return statistics.median(spans)


def first_start(place: Path) -> float:
    """The very first start: database, tables and the sample programme are made."""
    with servers.tracker(place / "first", path="/signin") as tracker:
        return tracker.seconds


def show(figures: list[Figure], notes: list[tuple[str, str, str]]) -> None:
    console = Console(width=100)
    table = Table(title="On one core; share: of a bare page's rate in the same run")
    names = (
        "page",
        "reports",
        "clients",
        "requests/s",
        "share",
        "aim",
        "p50 ms",
        "p99 ms",
        "queries",
    )
    for name in names:
        table.add_column(name, justify="left" if name == "page" else "right", no_wrap=True)
    for one in figures:
        table.add_row(
            one.page,
            f"{one.reports:,}",
            str(one.clients),
            f"{one.load.rate:,.0f}",
            f"1/{1 / one.share:.1f}",
            f"1/{1 / SHARE[one.page]:.0f}" if one.page in SHARE else "",
            f"{one.load.p50:.2f}",
            f"{one.load.p99:.2f}",
            str(one.queries or "–"),
        )
    if figures:
        console.print(table)
    others = Table(title="Besides")
    for name in ("what", "figure", "aim"):
        others.add_column(name)
    for note in notes:
        others.add_row(*note)
    console.print(others)


def growth(figures: list[Figure], page: str) -> float:
    """How many times longer a request takes one client at the largest size than at the smallest,
    each against the bare page measured beside it."""
    shares = [one.share for one in figures if one.page == page and one.clients == 1]
    return shares[0] / shares[-1]


def pages_and_the_rest(
    place: Path, *, quick: bool
) -> tuple[list[Figure], list[tuple[str, str, str]]]:
    sizes = (10_000,) if quick else (10_000, 100_000)
    seconds = 2 if quick else 5
    figures: list[Figure] = []
    notes: list[tuple[str, str, str]] = []
    for reports in sizes:
        print(f"Filling a database with {reports:,} reports …", flush=True)
        data = place / str(reports)
        servers.fill(data, reports=reports)
        print("Measuring …", flush=True)
        found, memory = measure_size(data, reports=reports, seconds=seconds)
        figures += found
        notes.append(
            (f"memory of a web process, {reports:,} reports", f"{memory:.0f} MB", "150 MB")
        )
    if len(sizes) > 1:
        notes += [
            (f"{page}: growth", f"{growth(figures, page):.2f} times", "1.1 times") for page in PAGES
        ]
    largest = place / str(sizes[-1])
    notes += post_against_static(largest, seconds=seconds)
    notes += big_friday(place, quick=quick)
    notes.append(("cold start", f"{cold_start(largest):.2f} s", "1.5 s"))
    notes += terminal(largest)
    notes.append(("very first start", f"{first_start(place):.2f} s", ""))
    return figures, notes


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--notices", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    if not options.notices and shutil.which("wrk") is None:
        sys.exit("make bench needs wrk: apt-get install wrk")
    if hasattr(os, "sched_setaffinity"):
        # Everything that is started from here on inherits it: servers, database, load.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    figures: list[Figure] = []
    notes: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory(prefix="orange-friday-bench-") as name:
        place = Path(name)
        place.chmod(0o755)
        if not options.notices:
            figures, notes = pages_and_the_rest(place, quick=options.quick)
        notes += million(place, quick=options.quick)
        notes += web_push(place, quick=options.quick)
    show(figures, notes)
    if options.json:
        options.json.write_text(
            json.dumps({"figures": [asdict(one) for one in figures], "notes": notes}, indent=1)
        )


if __name__ == "__main__":
    main()

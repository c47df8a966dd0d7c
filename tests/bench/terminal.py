"""What an engineer waits for: the command's start, and a large plan."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench import seed, servers

RUNS = 15
MOST_OVER = 0.150
"""Seconds over `python -c pass` that a command may take to start."""
LINES = 5_000

_BARE = ("-c", "pass")
_COMMANDS = {
    "triage --help": ("-m", "cli", "--help"),
    "triage inbox": ("-m", "cli", "inbox", "-n", "20"),
}

Note = tuple[str, str, str]


def terminal(data: Path) -> list[Note]:
    """Starts take turns with a bare Python's, so that both have the same machine. Changes what is
    in the data directory: it comes last."""
    with servers.tracker(data) as tracker:
        return [*_starts(tracker.url), *_plan(tracker.url)]


def _starts(url: str) -> list[Note]:
    environment = {**os.environ, "TRIAGE_URL": url, "TRIAGE_TOKEN": seed.ENGINEERS_TOKEN}
    spans: dict[str, list[float]] = {name: [] for name in ("bare", *_COMMANDS)}
    for _ in range(RUNS):
        for name, words in {"bare": _BARE, **_COMMANDS}.items():
            spans[name].append(_seconds(words, environment))
    bare = statistics.median(spans["bare"])
    return [
        (
            f"start of {name}",
            f"{(found := statistics.median(spans[name])) * 1000:.0f} ms,"
            f" {found / bare:.1f} times python -c pass, {(found - bare) * 1000:.0f} ms over it",
            f"{MOST_OVER * 1000:.0f} ms over it" if name.endswith("--help") else "",
        )
        for name in _COMMANDS
    ]


def _seconds(words: Sequence[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    quiet = subprocess.DEVNULL
    subprocess.run(
        [sys.executable, *words], env=environment, check=True, stdout=quiet, stderr=quiet
    )
    return time.perf_counter() - begun


def _plan(url: str) -> list[Note]:
    reports = _reports(url)
    deeds: list[dict[str, Any]] = [
        {"do": "link", "proposal": "=a"},
        {"do": "note", "text": "像 P-1"},
        {"do": "own", "owner": seed.ENGINEER},
    ]
    lines = [
        {"line": place, "report": report, **deeds[place % len(deeds)]}
        for place, report in enumerate(reports)
    ]
    plan = {"lines": lines, "proposals": [{"name": "=a", "title": "Bench", "module": "module1"}]}
    begun = time.perf_counter()
    (*_, result) = _ask(url, "plans/bench", plan).splitlines()
    span = time.perf_counter() - begun
    done = json.loads(result)
    if not done["applied"]:
        raise RuntimeError(done["problems"][:3])
    begun = time.perf_counter()
    _ask(url, f"acts/{done['act']}/undoing", {})
    undone = time.perf_counter() - begun
    return [
        (f"a plan of {len(lines):,} lines", f"{len(lines) / span:,.0f} lines/s, {span:.1f} s", ""),
        ("taken back", f"{undone:.1f} s", ""),
    ]


def _reports(url: str) -> list[str]:
    """Open ones: nothing stands in the way of linking them."""
    found: list[str] = []
    after = ""
    while len(found) < LINES:
        page = json.loads(
            _ask(url, f"reports?status=new,accepted,in_progress&sort=old&limit=100&after={after}")
        )
        found += [one["id"] for one in page["items"]]
        after = page["next"] or ""
        if not after:
            break
    return found[:LINES]


def _ask(url: str, path: str, body: dict[str, Any] | None = None) -> bytes:
    request = urllib.request.Request(
        f"{url}/api/v1/{path}",
        method="GET" if body is None else "PUT",
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {seed.ENGINEERS_TOKEN}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request) as answer:
        text: bytes = answer.read()
    return text

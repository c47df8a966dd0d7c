"""The post as a million people read it: not signed in, from what the process keeps."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from tests.bench import seed, servers
from tests.bench.load import Target, measure

AIM = 1 / 2
"""Of a bare static answer's rate in the same run."""

_BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "User-Agent": "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile",
}


def post_against_static(data: Path, *, seconds: int) -> list[tuple[str, str, str]]:
    """The kept post against a handler that answers fixed bytes of the same size, each measured
    right after the other; what a page costs that is asked for again (304) beside it."""
    path = f"/releases/{seed.last_friday()}"
    notes = []
    with servers.tracker(data) as tracker:
        url = tracker.url + path
        with urllib.request.urlopen(urllib.request.Request(url, headers=_BROWSER)) as answer:
            size, tag = len(answer.read()), answer.headers["ETag"]
        with servers.bare(size) as bare:
            static = Target(f"{bare.url}/static", _BROWSER)
            for clients in (1, 8):
                for name, headers in (
                    ("kept post", _BROWSER),
                    ("kept post, asked for again", _BROWSER | {"If-None-Match": tag}),
                ):
                    base = measure(static, clients=clients, seconds=seconds)
                    load = measure(Target(url, headers), clients=clients, seconds=seconds)
                    notes.append(
                        (
                            f"{name}, {clients} client{'s' * (clients > 1)}, {size / 1024:.0f} KB",
                            f"{load.rate:,.0f}/s, {load.rate / base.rate:.2f} of a static answer's"
                            f" (p99 {load.p99:.1f} ms)",
                            f"{AIM}" if headers is _BROWSER else "",
                        )
                    )
    return notes

"""Load from wrk, the cheapest generator there is: its own work counts, on the same core."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


@dataclass(frozen=True)
class Load:
    """Requests a second, and milliseconds that half and 99 of 100 requests took at most."""

    rate: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Target:
    """An address, and what is sent there; with a body it is a POST of JSON."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object | None = None


def measure(target: Target, *, clients: int, seconds: int) -> Load:
    """Ask one address over and over, on connections that are kept. Raises if any answer is an
    error: a refusal is fast."""
    command = ["wrk", "--latency", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "20s"]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as place:
        if target.body is not None:
            script = Path(place) / "post.lua"
            script.write_text(
                f'wrk.method = "POST"\nwrk.body = {json.dumps(json.dumps(target.body))}\n'
                'wrk.headers["Content-Type"] = "application/json"\n'
            )
            command += ["-s", str(script)]
        ran = subprocess.run(
            [*command, target.url], check=True, capture_output=True, text=True, timeout=seconds + 60
        )
    errors = re.search(r"(Non-2xx.*|Socket errors.*)", ran.stdout)
    if errors:
        raise RuntimeError(f"{target.url}: {errors[0]}")
    rate = re.search(r"Requests/sec:\s*([\d.]+)", ran.stdout)
    assert rate is not None, ran.stdout
    return Load(float(rate[1]), _percentile(ran.stdout, 50), _percentile(ran.stdout, 99))


def _percentile(printed: str, percent: int) -> float:
    found = re.search(rf"^\s*{percent}%\s+([\d.]+)(us|ms|s|m)\s*$", printed, re.MULTILINE)
    assert found is not None, printed
    return float(found[1]) * _UNITS[found[2]]

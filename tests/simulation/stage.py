"""Where a simulated programme is played: the application, its clock, and its people.

People, their tokens and phones, the models and the modules are put into the tables directly;
everything after that goes over HTTP: through the API (`play`), or a form of our pages (`submit`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import cycle
from typing import Any

from litestar import Litestar

from tests.cast import START, Browser, Clock, reaching
from tracker import database as door
from tracker import schedule
from tracker.people.secrets import hash_of
from tracker.settings import Settings

MODULES = ("system", "lockscreen", "camera")

_PEOPLE = """
INSERT INTO people (handle, display_name, role, language, password_hash, joined_at)
SELECT handle, handle, 'tester', 'zh', '', $2 FROM unnest($1::text[]) AS handle
"""
_TOKENS = """
INSERT INTO tokens (person, name, secret_hash, created_at)
SELECT p.id, 'simulation', t.hash, $3 FROM unnest($1::text[], $2::text[]) AS t (handle, hash)
JOIN people p USING (handle)
"""
_SESSIONS = """
INSERT INTO sessions (person, secret_hash, created_at, expires_at)
SELECT p.id, s.hash, $3::timestamptz, $3::timestamptz + interval '1000 days'
FROM unnest($1::text[], $2::text[]) AS s (handle, hash) JOIN people p USING (handle)
"""
_MODELS = """
INSERT INTO device_models (codename, name_zh, name_en, aliases, source)
SELECT codename, codename, codename, '{}', '' FROM unnest($1::text[]) AS codename
"""
_MODULES = """
INSERT INTO modules (slug, name_zh, name_en, owner, position)
SELECT slug, slug, slug, NULL, place FROM unnest($1::text[]) WITH ORDINALITY AS m (slug, place)
"""
_PHONES = """
INSERT INTO person_devices (person, model, ring, added_at)
SELECT p.id, d.id, ring, $4 FROM unnest($1::text[], $2::text[], $3::text[])
    AS phone (handle, codename, ring)
JOIN people p USING (handle) JOIN device_models d USING (codename)
"""


class Stage:
    """`processes` are applications on one database, of which one at a time is up."""

    def __init__(self, settings: Settings, clock: Clock, processes: Sequence[Litestar]) -> None:
        self.settings, self.clock = settings, clock
        self.processes = cycle(processes)
        self.app = next(self.processes)

    def restart(self) -> None:
        """Another process in place of this one: it knows nothing but what the database holds."""
        self.app = next(self.processes)

    async def set(
        self, models: Sequence[str], phones: Sequence[tuple[str, str, str]], team: Sequence[str]
    ) -> None:
        """Models by codename; phones as (whose, model, ring), with their owners."""
        handles = [handle for handle, _, _ in phones]
        await door.execute(_PEOPLE, handles, START)
        everybody = [*handles, *team]
        hashes = [hash_of(_token(handle)) for handle in everybody]
        await door.execute(_TOKENS, everybody, hashes, START)
        await door.execute(_SESSIONS, everybody, hashes, START)
        await door.execute(_MODELS, models)
        await door.execute(_MODULES, MODULES)
        await door.execute(_PHONES, *([*column] for column in zip(*phones, strict=True)), START)

    async def play(
        self, who: str, method: str, path: str, body: Any = None, *, expected: int = 200
    ) -> Any:
        """Send a request, as one person. Any other status than the expected is a failure."""
        status, said = await self._request(who, method, f"/api/v1/{path}", body)
        if status != expected:
            raise AssertionError(
                f"{who}: {method} {path} {body}\n{status}, not {expected}: {said.decode()}"
            )
        return json.loads(said)

    async def _request(self, who: str, method: str, path: str, body: Any) -> tuple[int, bytes]:
        """As httpx would, which takes a third of the time of ten thousand requests."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [
                (b"host", b"127.0.0.1:8000"),
                (b"authorization", f"Bearer {_token(who)}".encode()),
                (b"content-type", b"application/json"),
            ],
            "server": ("127.0.0.1", 8000),
            "client": ("203.0.113.7", 40000),
        }
        sent = b"" if body is None else json.dumps(body).encode()
        status, pieces = 0, []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                pieces.append(message.get("body", b""))

        app: Any = self.app
        await app(scope, receive, send)
        return status, b"".join(pieces)

    async def submit(self, who: str, path: str, form: Mapping[str, str]) -> None:
        """Send a form of our pages; it must be taken."""
        async with Browser(
            transport=reaching(self.app), base_url=self.settings.base_url
        ) as browser:
            browser.cookies.set("session", _token(who), domain="127.0.0.1")
            answer = await browser.submit(path, form)
            assert answer.status_code == 303, f"{who}: {path} {form}: {answer.status_code}"

    async def look_at_trains(self, now: datetime) -> None:
        await schedule.trains(self.settings, now)

    async def tell(self, now: datetime) -> None:
        await schedule.notices(self.settings, now)


def _token(handle: str) -> str:
    return f"oft_the-simulated-token-of-{handle}"

"""The HTTP API, as the commands see it: objects in, objects out, and a TriageError otherwise."""

from __future__ import annotations

import json
import re
import sys
import uuid
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cli.exits import Exit, Thing, TriageError

if TYPE_CHECKING:
    import httpx

TIMEOUT = 10.0
"""Seconds for each of connecting, sending and waiting for an answer."""

OVERTAKEN = 412
"""The status where somebody else was there since the thing was looked at."""

PAGE = 100
"""The most that one request of a list asks for."""

_NOUNS = {
    "reports": "report",
    "proposals": "proposal",
    "releases": "release of",
    "builds": "build",
    "deliveries": "delivery",
    "acts": "act",
    "saved-replies": "saved reply",
    "modules": "module",
}
_NAMED = {"reports": ("proposals", "P", "proposal"), "proposals": ("reports", "R", "report")}
"""Where else to look for a number: the list, its letter, and what its things are called."""
_IDS = re.compile(r"\b[RPA]-[0-9]+\b", re.IGNORECASE)

Query = Mapping[str, str | int | None]


def version() -> str:
    """The version of the installed package, for `--version` and the User-Agent."""
    from importlib import metadata

    try:
        return metadata.version("orange-friday")
    except metadata.PackageNotFoundError:
        return "0"


_NOT_NEEDED = ("httpx._main", "h2")


@cache
def load_httpx() -> None:
    """Import httpx without its own command line, and without HTTP/2, which is not spoken here.

    httpx imports click, rich and pygments for the one when it finds them, two thirds of its
    import time (0.28.1: 280 ms with, 100 ms without). None in sys.modules reads as "not
    installed", which httpx is prepared for.
    """
    hidden = [
        name for name in _NOT_NEEDED if name not in sys.modules and "httpx" not in sys.modules
    ]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        # In this order: httpx leaves its transport until the first client is made.
        import httpcore  # noqa: F401
        import httpx  # noqa: F401
    finally:
        for name in hidden:
            if sys.modules.get(name, name) is None:
                del sys.modules[name]


def segment(text: str) -> str:
    """Anything as one part of a path."""
    return quote(text, safe="")


class Client:
    """One person's connection to one server.

    Every request may be sent twice: when the connection drops before an answer came, it is
    sent once more, a POST under the same Idempotency-Key. Redirects are not followed, so that
    the token goes nowhere but to the address it belongs to.
    """

    seen: dict[str, int]
    """Revisions of reports, as this person or script last saw them. What would change or take back
    something of such a report is refused where somebody else was there since; what only adds to it
    is not."""

    def __init__(
        self, url: str, token: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        import ssl

        load_httpx()
        import httpx

        self.url = url
        self.seen = {}
        # Certificates are only loaded (20 ms) where there is something to verify; the bare
        # context trusts nobody.
        context = (
            ssl.create_default_context()
            if url.startswith("https:")
            else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        self._http: httpx.Client = httpx.Client(
            base_url=f"{url}/api/v1/",
            timeout=TIMEOUT,
            transport=transport,
            verify=context,
            headers={
                "Accept": "application/json",
                "Accept-Language": "en",
                "Authorization": f"Bearer {token}",
                "User-Agent": f"triage/{version()}",
            },
        )
        # All that one command does is one act, and is undone as one.
        self.begin_act()

    def close(self) -> None:
        self._http.close()

    def begin_act(self) -> None:
        """What is done from here on is an act of its own, undone by itself."""
        self._http.headers["Act-Key"] = str(uuid.uuid4())

    def get(self, path: str, query: Query | None = None) -> Thing:
        return self._ask("GET", path, query=query)

    def post(self, path: str, body: Thing) -> Thing:
        return self._ask("POST", path, body=body)

    def put(self, path: str, body: Thing | None = None) -> Thing:
        return self._ask("PUT", path, body=body)

    def patch(self, path: str, body: Thing) -> Thing:
        return self._ask("PATCH", path, body=body)

    def delete(self, path: str, body: Thing | None = None, query: Query | None = None) -> Thing:
        return self._ask("DELETE", path, body=body, query=query)

    def lines(self, path: str, body: Thing) -> Iterator[Thing]:
        """A PUT whose answer is JSON lines, as they come. Where the connection drops before the
        last of them, all of it was kept or nothing."""
        import httpx

        try:
            with self._http.stream("PUT", path, json=body) as response:
                if not response.is_success:
                    response.read()
                    raise refusal(
                        response.status_code, path, _json(response), dict(response.headers)
                    )
                for line in response.iter_lines():
                    if line:
                        yield json.loads(line)
        except httpx.TransportError as error:
            raise self._out_of_reach(str(error) or type(error).__name__) from error
        except UnicodeEncodeError as error:
            raise _no_text() from error

    def items(self, path: str, query: Query | None = None, limit: int = 0) -> Iterator[Thing]:
        """The items of a list, page after page as they are asked for; at most `limit`, 0: all."""
        after: str | None = None
        given = 0
        while True:
            size = min(PAGE, limit - given) if limit else PAGE
            page = self.get(path, {**(query or {}), "limit": size, "after": after})
            for item in page.get("items") or []:
                yield item
                given += 1
            after = page.get("next")
            if not after or (limit and given >= limit):
                return

    def _ask(
        self, method: str, path: str, *, body: Thing | None = None, query: Query | None = None
    ) -> Thing:
        response = self._send(method, path, body=body, query=query)
        if response.is_success:
            if not response.content:
                return {}
            answer = _json(response)
            if answer is None:
                raise TriageError(
                    Exit.OUT_OF_REACH,
                    f"{self.url} answered with something else than JSON: "
                    "is it the address of the tracker?",
                    final=True,
                )
            return answer
        trouble = refusal(response.status_code, path, _json(response), dict(response.headers))
        if response.status_code == OVERTAKEN:
            raise self._overtaken(path, body or {}, trouble)
        if trouble.code == Exit.NOT_FOUND:
            trouble.message += self._meant(path, trouble.message)
        raise trouble

    def _overtaken(self, path: str, body: Thing, trouble: TriageError) -> TriageError:
        """What somebody else did since it was looked at: nothing was done. They are told of it
        now, so the same again is no surprise."""
        happened: list[Thing] = []
        me = (_json(self._send("GET", "me", body=None, query=None)) or {}).get("display_name")
        for name in self._told(path, body):
            response = self._send("GET", f"reports/{name}", body=None, query=None)
            report = (_json(response) or {}) if response.is_success else {}
            since = [
                {
                    "field": name,
                    "at": event["at"],
                    "by": event["actor"],
                    "message": _happened(event),
                }
                for event in report.get("timeline") or []
                if event["revision"] > self.seen[name]
            ]
            if any(event["by"] != me for event in since):
                self.seen[name] = report["revision"]
                happened += since
        said = f"{trouble.message.partition(':')[0]}, and nothing was done"
        return TriageError(trouble.code, said, problem={**trouble.problem, "errors": happened})

    def _told(self, path: str, body: Thing) -> list[str]:
        """The reports of a request whose revisions are known here."""
        first, _, rest = path.partition("/")
        named = body.get("reports") or [] if path == "proposals" else [rest.split("/")[0]]
        return [name for name in named if name in self.seen] if first in _NAMED else []

    def _terms(self, method: str, path: str, body: Thing | None) -> dict[str, str]:
        if method == "POST":
            named = self._told(path, body or {}) if path == "proposals" else []
            key = {"Idempotency-Key": str(uuid.uuid4())}
            seen = " ".join(f"{name}@{self.seen[name]}" for name in named)
            return key | {"Seen": seen} if seen else key
        named = self._told(path, {}) if method in ("PUT", "DELETE") else []
        return {"If-Match": f'"{self.seen[named[0]]}"'} if named else {}

    def _meant(self, path: str, said: str) -> str:
        """What may have been meant instead of a report or proposal that is not there: the other
        one of that number, else the latest. Asks once or twice more."""
        noun, name = _NAMED.get(path.split("/", maxsplit=1)[0]), path.split("/")[1:2]
        if noun is None or not name or name[0] not in said:
            return ""
        there, letter, called = noun
        other = f"{letter}-{name[0][2:]}"
        if self._send("GET", f"{there}/{other}", body=None, query=None).is_success:
            return f"; did you mean the {called} {other}?"
        latest = self._send("GET", path.split("/", maxsplit=1)[0], body=None, query={"limit": 1})
        found = (_json(latest) or {}).get("items") if latest.is_success else None
        return f"; the latest is {found[0]['id']}" if found else ""

    def _send(
        self, method: str, path: str, *, body: Thing | None, query: Query | None
    ) -> httpx.Response:
        import httpx

        params = {key: value for key, value in (query or {}).items() if value is not None}
        headers = self._terms(method, path, body)
        more: dict[str, Any] = {} if body is None else {"json": body}
        dropped = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError)
        for last in (False, True):
            try:
                return self._http.request(
                    method, path.lstrip("/"), params=params, headers=headers, **more
                )
            except httpx.TimeoutException as error:
                raise self._out_of_reach(f"no answer within {TIMEOUT:.0f} seconds") from error
            except dropped as error:
                if last:
                    raise self._out_of_reach("the connection was dropped, twice") from error
            except httpx.TransportError as error:
                raise self._out_of_reach(str(error) or type(error).__name__) from error
            except UnicodeEncodeError as error:
                raise _no_text() from error
        raise AssertionError("unreachable: the second try returns or raises")

    def _out_of_reach(self, why: str) -> TriageError:
        return TriageError(
            Exit.OUT_OF_REACH, f"the server at {self.url} is out of reach: {why}", final=True
        )


def _no_text() -> TriageError:
    return TriageError(Exit.USAGE, "a text holds bytes that are not UTF-8")


def _happened(event: Thing) -> str:
    """A line of a timeline as a sentence."""
    who = f"{event['actor']}: " if event.get("actor") else ""
    return f"{who}{event['text']['en']}"


def _json(response: httpx.Response) -> Thing | None:
    try:
        content = response.json()
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def refusal(
    status: int, path: str, problem: Thing | None, headers: Mapping[str, str] | None = None
) -> TriageError:
    """What a status other than 2xx means to the person at the terminal."""
    said = str((problem or {}).get("detail") or (problem or {}).get("title") or "").strip()
    if status == 401:
        return TriageError(
            Exit.NOT_ALLOWED,
            "the server does not know this token (any more): triage login URL",
            problem=problem,
            final=True,
        )
    if status == 403:
        return TriageError(Exit.NOT_ALLOWED, f"not allowed: {said or 'no reason'}", problem=problem)
    if status == 404:
        return TriageError(Exit.NOT_FOUND, _missing(path, said), problem=problem)
    if status == 429:
        wait = (headers or {}).get("retry-after")
        later = f", again in {wait} seconds" if wait else ""
        return TriageError(Exit.REFUSED, f"too many requests{later}", problem=problem, final=True)
    if 300 <= status < 400:
        where = (headers or {}).get("location", "elsewhere")
        return TriageError(
            Exit.OUT_OF_REACH,
            f"the server sends us on to {where}: log in with that address",
            final=True,
        )
    if status >= 500:
        return TriageError(
            Exit.OUT_OF_REACH,
            f"the server has a problem of its own ({status}): {said or 'it does not say which'}",
            problem=problem,
            final=status in (502, 503, 504),
        )
    if (problem or {}).get("errors"):
        # The detail repeats what is said about the fields, which are listed below it.
        said = str((problem or {}).get("title") or "")
    return TriageError(Exit.REFUSED, said or f"refused ({status})", problem=problem)


def _missing(path: str, said: str) -> str:
    """`no report R-99`; the server's own words where another thing than the asked one is missing.

    Such as the proposal of `triage link R-12 P-99`.
    """
    parts = [part for part in path.split("/") if part]
    noun = _NOUNS.get(parts[0]) if parts else None
    if noun is None or len(parts) < 2:
        return said or "the server has no such page: is it the address of the tracker?"
    others = {found.upper() for found in _IDS.findall(said)} - {parts[1].upper()}
    if parts[0] == "builds":
        return said or f"no device model {parts[1]}"
    return said if others else f"no {noun} {parts[1]}"

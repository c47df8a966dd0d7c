"""ntfy: a topic on ntfy.sh or on somebody's own server, published to as JSON."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import httpx
import msgspec

from tracker.channels.addresses import read_address, server_of
from tracker.channels.base import Address, ChannelName, Limits, Outcome, Outgoing, later, refused
from tracker.channels.web import NOT_JSON, Web, outcome_of, retry_after
from tracker.errors import Invalid
from tracker.language import Text

SERVER = "https://ntfy.sh"
MOST_BYTES = 4096
"""Of a message, in UTF-8. What is longer becomes an attachment, which no lock screen shows."""
MOST_ACTIONS = 3

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOKEN = re.compile(r"[!-~]{1,200}")
_HIGH = frozenset({"severe", "blocked"})
_DAILY_LIMIT = 42908
"""ntfy's number for "limit reached: too many messages", of the day."""

EMPTY = Text(
    "填写主题名，例如 orange-friday-k7Qx2；自己的服务器写成 https://ntfy.example.com/主题名",
    "Give a topic, like orange-friday-k7Qx2; on a server of your own, https://ntfy.example.com/topic",
)
NOT_A_TOPIC = Text(
    "主题名只能用字母、数字、- 和 _，最多 64 个字符",
    "A topic has letters, digits, - and _ only, and at most 64 of them",
)
NOT_A_TOKEN = Text(
    "访问令牌不能有空格和中文，从 ntfy 里重新复制一次",
    "An access token has no spaces or accents: copy it from ntfy once more",
)


class Ntfy:
    name: ClassVar[ChannelName] = ChannelName.NTFY
    together: ClassVar[int] = 1
    # A server counts what comes from one address, ours, for all who hear there: ntfy.sh takes 60
    # at once and one every five seconds after that, and shuts out those who go on regardless.
    limits = Limits(at_once=2)

    def __init__(self, web: Web, *, private: bool) -> None:
        self._web = web
        self._private = private

    def problem(self) -> Text | None:
        return None

    def read(self, form: Mapping[str, str]) -> Address:
        """From `topic`, which may have its server before it, and `token`, which may be empty."""
        problems: dict[str, Text] = {}
        server, topic = SERVER, form.get("topic", "").strip()
        try:
            server, topic = self._place(topic)
        except Invalid as problem:
            problems |= problem.problems
        token = form.get("token", "").strip()
        if token and not _TOKEN.fullmatch(token):
            problems["token"] = NOT_A_TOKEN
        if problems:
            raise Invalid(problems)
        return {"server": server, "topic": topic, "token": token}

    def _place(self, typed: str) -> tuple[str, str]:
        """Server and topic."""
        if not typed:
            raise Invalid({"topic": EMPTY})
        server, topic = SERVER, typed
        if re.search(r"\s", typed):
            raise Invalid({"topic": NOT_A_TOPIC})
        if "/" in typed:
            whole = typed if "://" in typed else f"https://{typed}"
            url = read_address(whole, "topic", private=self._private)
            topic = url.path.strip("/")
            server = str(url.copy_with(path="/", query=None)).rstrip("/")
            if not topic:
                raise Invalid({"topic": EMPTY})
        if not _TOPIC.fullmatch(topic):
            raise Invalid({"topic": NOT_A_TOPIC})
        return server, topic

    def key(self, address: Address) -> str:
        return f"{address['server']}/{address['topic']}"

    def host(self, address: Address) -> str:
        return server_of(address["server"])

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        return [await self._send(out) for out in messages]

    async def _send(self, out: Outgoing) -> Outcome:
        token = out.address.get("token")
        answer = await self._web.post(
            f"{out.address['server']}/",
            content=msgspec.json.encode(message_of(out)),
            headers={
                "Content-Type": "application/json",
                **({"Authorization": f"Bearer {token}"} if token else {}),
            },
        )
        if isinstance(answer, Outcome):
            return answer
        status = answer.status_code
        if status == 429:
            return _too_many(answer, of_us=not token)
        if status in (401, 403):
            # Not tried again: ntfy counts what it refuses by the address it comes from, and after
            # thirty it would refuse everybody else's from here too.
            return refused(
                f"HTTP {status}: the topic may not be published to"
                f" {'with this access token' if token else 'without an access token'}"
            )
        if status == 404:
            # Topics do not end. It is no ntfy that answers, or not for now.
            return later("HTTP 404: there is no ntfy server", host_failed=True)
        return outcome_of(answer)


def _too_many(answer: httpx.Response, *, of_us: bool) -> Outcome:
    """`of_us` says that the limit is that of our address, rather than of somebody's account."""
    told = "HTTP 429"
    if _code(answer) != _DAILY_LIMIT:
        # Without a word on when to come back: one more is taken every five seconds.
        return later(told, retry_after=retry_after(answer, least=5.0), host_failed=False)
    told = "HTTP 429: as many messages as may be published in a day"
    return later(told, retry_after=3600.0 if of_us else None, host_failed=False)


def _code(answer: httpx.Response) -> object:
    """ntfy's own number of an error, of which the status is the beginning."""
    with contextlib.suppress(*NOT_JSON):
        said = msgspec.json.decode(answer.content)
        return said.get("code") if isinstance(said, dict) else None
    return None


def message_of(out: Outgoing) -> dict[str, Any]:
    """As https://docs.ntfy.sh/publish/#publish-as-json has it. Links by which a tester answers
    without signing in are left out: whoever knows a topic's name may read it."""
    text = out.text
    if len(out.lines) > 1:
        text += "\n" + "".join(f"\n{line.report} {line.title}" for line in out.lines)
    alarm = out.kind in _HIGH
    return {
        "topic": out.address["topic"],
        "title": out.title,
        "message": shortened(text, MOST_BYTES),
        "priority": 4 if alarm else 3,
        # Which ntfy shows as pictures.
        "tags": ["warning" if alarm else "orange_circle"],
        "click": out.url,
        "actions": [
            {"action": "view", "label": line.report, "url": line.url}
            for line in out.lines[:MOST_ACTIONS]
        ],
        # From version 2.16 a repeat takes the place of what it repeats; older ones pass it over.
        "sequence_id": out.key,
    }


def shortened(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, with "…" where something is left out."""
    whole = text.encode()
    if len(whole) <= most:
        return text
    return whole[: most - len("…".encode())].decode(errors="ignore").rstrip() + "…"

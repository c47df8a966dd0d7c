"""ntfy as its documentation and its server have it: what publishing as JSON may hold."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.channels.receiver import Answer, Sent

TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
TAKEN = {"docs", "static", "file", "app", "account", "settings", "signup", "login", "metrics", "v1"}
MOST = 4096


class Refused(Exception):
    def __init__(self, status: int, code: int, error: str) -> None:
        super().__init__(error)
        self.answer = Answer(
            status,
            json.dumps({"code": code, "http": status, "error": error}).encode(),
            {"Content-Type": "application/json"},
        )


def wrong(error: str, code: int = 40017) -> Refused:
    return Refused(400, code, error)


class NtfyServer:
    """Keeps what a subscriber of each topic sees; a message with the `sequence_id` of another
    takes its place."""

    def __init__(self) -> None:
        self.topics: dict[str, dict[str, dict[str, Any]]] = {}
        self.tokens: dict[str, set[str]] = {}
        """Topics that are closed, with the access tokens that open them."""
        self.limit: Refused | None = None

    def __call__(self, sent: Sent) -> Answer:
        try:
            return self._publish(sent)
        except Refused as refused:
            return refused.answer

    def _publish(self, sent: Sent) -> Answer:
        if self.limit is not None:
            raise self.limit
        if (sent.method, sent.path) != ("POST", "/"):
            raise Refused(404, 40401, "page not found")
        given = self._checked(sent.body)
        self._let_in(sent, given["topic"])
        seen = self.topics.setdefault(given["topic"], {})
        seen[given.get("sequence_id") or f"random-{len(seen)}"] = given
        return Answer(200, json.dumps({"id": "x", "event": "message", **given}).encode())

    def _let_in(self, sent: Sent, topic: str) -> None:
        kind, _, token = sent.headers.get("authorization", " ").partition(" ")
        if kind not in ("", "Bearer"):
            raise Refused(401, 40101, "unauthorized")
        if token and not any(token in known for known in self.tokens.values()):
            raise Refused(401, 40101, "unauthorized")
        if topic in self.tokens and token not in self.tokens[topic]:
            raise Refused(403, 40301, "forbidden")

    def _checked(self, body: bytes) -> dict[str, Any]:
        try:
            given = json.loads(body.decode())
        except ValueError:
            raise wrong("request body must be message JSON") from None
        if not isinstance(given, dict):
            raise wrong("request body must be message JSON")
        shapes: dict[str, type] = {
            "topic": str,
            "title": str,
            "message": str,
            "priority": int,
            "tags": list,
            "click": str,
            "actions": list,
            "sequence_id": str,
        }
        for name, value in given.items():
            if name not in shapes or type(value) is not shapes[name]:
                raise wrong(f"{name} is not what it should be")
        topic = given.get("topic", "")
        if not TOPIC.fullmatch(topic):
            raise wrong("topic invalid", 40009)
        if topic in TAKEN:
            raise wrong("topic name is disallowed", 40010)
        if not 1 <= given.get("priority", 3) <= 5:
            raise wrong("invalid priority parameter", 40007)
        if not all(type(tag) is str and tag and "," not in tag for tag in given.get("tags", [])):
            raise wrong("tags")
        if len(given.get("message", "").encode()) > MOST:
            raise wrong("message longer than a message: it would be an attachment")
        if "sequence_id" in given and not TOPIC.fullmatch(given["sequence_id"]):
            raise wrong("sequence ID invalid", 40049)
        if "click" in given and not re.match(r"https?://\S+$", given["click"]):
            raise wrong("click")
        self._check_actions(given.get("actions", []))
        return given

    def _check_actions(self, actions: list[Any]) -> None:
        if len(actions) > 3:
            raise wrong("only 3 actions allowed", 40018)
        for one in actions:
            if not isinstance(one, dict) or set(one) - {"action", "label", "url", "clear"}:
                raise wrong("actions invalid", 40018)
            if one.get("action") != "view" or not one.get("label"):
                raise wrong("action and label are needed", 40018)
            if not re.match(r"https?://\S+$", one.get("url", "")):
                raise wrong("parameter 'url' is required for action 'view'", 40018)

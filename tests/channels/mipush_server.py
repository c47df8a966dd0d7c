"""Mi Push as its documentation has it: what a message to registration ids may hold."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.channels.receiver import Answer, Sent

SECRET, PACKAGE, CHANNEL = "the-app-secret", "com.example.beta", "129034"
FIELDS = {
    "payload",
    "restricted_package_name",
    "title",
    "description",
    "registration_id",
    "pass_through",
    "notify_id",
    "extra.notify_foreground",
    "extra.notify_effect",
    "extra.web_uri",
    "extra.channel_id",
}
NEEDED = FIELDS - {"extra.channel_id"}


class Failed(Exception):
    """An error in Mi Push's way: HTTP 200, and the rest in the body."""

    def __init__(self, code: int, reason: str, **data: str) -> None:
        super().__init__(reason)
        said: dict[str, Any] = {
            "result": "error",
            "reason": reason,
            "trace_id": "Xcm45b21603877546193Vk",
            "code": code,
            "description": "发送消息失败",
        }
        self.answer = _json(said | ({"data": data} if data else {}))


def _json(said: object) -> Answer:
    body = json.dumps(said, ensure_ascii=False).encode()
    return Answer(200, body, {"Content-Type": "application/json;charset=UTF-8"})


def units(text: str) -> int:
    """Characters as Java counts them."""
    return len(text.encode("utf-16-le")) // 2


class MiPushServer:
    """Keeps what each phone shows: a message with the notify_id of another takes its place."""

    def __init__(self) -> None:
        self.phones: dict[str, dict[str, dict[str, str]]] = {}
        self.calls: list[dict[str, str]] = []
        self.bad: set[str] = set()
        self.fails: Failed | None = None

    def __call__(self, sent: Sent) -> Answer:
        try:
            return self._message(sent)
        except Failed as failed:
            return failed.answer

    def _message(self, sent: Sent) -> Answer:
        if (sent.method, sent.path) != ("POST", "/v3/message/regid"):
            return Answer(404, b"<html>404</html>", {"Content-Type": "text/html"})
        if sent.headers.get("content-type") != "application/x-www-form-urlencoded":
            raise Failed(10012, "Illegal request")
        if sent.headers.get("authorization") != f"key={SECRET}":
            raise Failed(21301, "auth failed")
        if self.fails:
            raise self.fails
        form = self._checked(sent.body)
        ids = form["registration_id"].split(",")
        bad = [one for one in ids if one in self.bad]
        if len(bad) == len(ids):
            raise Failed(20301, "No valid targets!")
        self.calls.append(form)
        for one in set(ids) - self.bad:
            self.phones.setdefault(one, {})[form["notify_id"]] = form
        data = {"id": "scm41b21603877546193Vk", **({"bad_regids": ",".join(bad)} if bad else {})}
        return _json(
            {
                "result": "ok",
                "trace_id": "Xcm45b21603877546193Vk",
                "code": 0,
                "data": data,
                "description": "成功",
                "info": f"Received push messages for {len(ids) - len(bad)} REGID",
            }
        )

    def _checked(self, body: bytes) -> dict[str, str]:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
        form = dict(pairs)
        if len(form) != len(pairs) or not form.keys() >= NEEDED or set(form) - FIELDS:
            raise Failed(10017, f"parameters: {sorted(form)}")
        if form["restricted_package_name"] != PACKAGE:
            raise Failed(22006, "illegal package name")
        for name, limit in (("title", 50), ("description", 128)):
            if not form[name].strip() or units(form[name]) >= limit:
                raise Failed(10016, f"{name} is too long or empty")
        ids = form["registration_id"].split(",")
        if not all(ids) or len(ids) > 1000 or len(set(ids)) != len(ids):
            raise Failed(10018, "registration_id")
        if not re.fullmatch(r"\d{1,10}", form["notify_id"]) or int(form["notify_id"]) >= 2**31:
            raise Failed(10018, "notify_id is no int")
        web = form["extra.web_uri"]
        if (form["extra.notify_effect"], form["pass_through"]) != ("3", "0") or not re.match(
            r"https?://\S+$", web
        ):
            raise Failed(10018, "nothing to open")
        if not re.fullmatch(r"[\w.~%-]*", form["payload"]) or unquote(form["payload"]) != web:
            raise Failed(10018, "payload is not urlencoded")
        if form["extra.notify_foreground"] not in ("0", "1"):
            raise Failed(10018, "notify_foreground")
        if form.get("extra.channel_id", CHANNEL) != CHANNEL:
            raise Failed(10026, "channel_id")
        return form

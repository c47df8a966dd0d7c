"""Feishu, WeCom and DingTalk as their documentation has them: what a robot's address takes, how a
signature is worked out, and how each says that something is wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.channels.receiver import Answer, Sent

HOUR = 3600


class Failed(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body)
        self.answer = answer


class Chat:
    """The groups of one vendor, each with what its robot has posted, by the robot's token."""

    path: str
    names: tuple[str, str]
    rates: tuple[tuple[int, float], ...]
    too_often: tuple[int, str]
    secret_of: dict[str, str]

    def __init__(self, *tokens: str) -> None:
        self.groups: dict[str, list[dict[str, Any]]] = {token: [] for token in tokens}
        self.secret_of = {}
        self.keyword = ""
        self.fails: tuple[int, str] | None = None
        self.arrived: dict[str, list[float]] = {}
        self.clock = time.monotonic

    def _count(self, token: str) -> None:
        """Each of `rates`: so many within so many seconds."""
        now = self.clock()
        lately = self.arrived.setdefault(token, [])
        lately.append(now)
        if any(sum(at > now - within for at in lately) > most for most, within in self.rates):
            raise self.failed(*self.too_often)

    def failed(self, code: int, message: str, status: int = 200) -> Failed:
        said = {self.names[0]: code, self.names[1]: message}
        return Failed(self._json(said, status))

    def _json(self, said: object, status: int = 200) -> Answer:
        return Answer(status, json.dumps(said).encode(), {"Content-Type": "application/json"})

    def __call__(self, sent: Sent) -> Answer:
        try:
            token, body = self._addressed(sent)
            self._count(token)
            if self.fails:
                raise self.failed(*self.fails)
            if self.keyword and self.keyword not in json.dumps(body, ensure_ascii=False):
                raise self.missing_keyword()
            self.check(body)
        except Failed as failed:
            return failed.answer
        self.groups[token].append(body)
        return self._json(self.ok())

    def _addressed(self, sent: Sent) -> tuple[str, dict[str, Any]]:
        if sent.method != "POST" or not sent.path.startswith(self.path):
            raise Failed(Answer(404, b"404 page not found"))
        if not sent.headers.get("content-type", "").startswith("application/json"):
            raise self.failed(43004, "invalid content type")
        token = self.token_of(sent)
        if token not in self.groups:
            raise self.no_such_robot()
        try:
            body = json.loads(sent.body.decode())
        except ValueError:
            raise self.failed(40035, "not json") from None
        if token in self.secret_of:
            self.check_signature(sent, body, self.secret_of[token])
        return token, body

    def ok(self) -> dict[str, Any]:
        return {self.names[0]: 0, self.names[1]: "ok"}

    def token_of(self, sent: Sent) -> str:
        raise NotImplementedError

    def no_such_robot(self) -> Failed:
        raise NotImplementedError

    def missing_keyword(self) -> Failed:
        raise NotImplementedError

    def check_signature(self, sent: Sent, body: dict[str, Any], secret: str) -> None:
        raise NotImplementedError

    def check(self, body: dict[str, Any]) -> None:
        raise NotImplementedError


class FeishuChat(Chat):
    path = "/open-apis/bot/v2/hook/"
    names = ("code", "msg")
    rates = ((5, 1.0), (100, 60.0))
    too_often = (11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]")

    def ok(self) -> dict[str, Any]:
        return {
            "StatusCode": 0,
            "StatusMessage": "success",
            "code": 0,
            "data": {},
            "msg": "success",
        }

    def token_of(self, sent: Sent) -> str:
        if len(sent.body) > 20 * 1024:
            raise self.failed(9499, "Bad Request", 400)
        return sent.path.removeprefix(self.path)

    def no_such_robot(self) -> Failed:
        return self.failed(19001, "param invalid: incoming webhook access token invalid", 400)

    def missing_keyword(self) -> Failed:
        return self.failed(19024, "Key Words Not Found")

    def check_signature(self, sent: Sent, body: dict[str, Any], secret: str) -> None:
        at, given = str(body.get("timestamp", "")), str(body.get("sign", ""))
        # Worked out by hand: HMAC of an empty message, with RFC 2104's two rounds.
        key = f"{at}\n{secret}".encode()
        key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
        inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key)).digest()
        digest = hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()
        recent = re.fullmatch(r"\d{10}", at) and abs(time.time() - int(at)) < HOUR
        if not recent or given != base64.b64encode(digest).decode():
            raise self.failed(
                19021, "sign match fail or timestamp is not within one hour from current time"
            )

    def check(self, body: dict[str, Any]) -> None:
        if set(body) - {"timestamp", "sign"} != {"msg_type", "content"}:
            raise self.failed(19002, "params error")
        post = body["content"].get("post", {}) if body["msg_type"] == "post" else {}
        [(language, page)] = post.items() or [("", {})]
        if language not in ("zh_cn", "en_us") or set(page) != {"title", "content"}:
            raise self.failed(19002, "params error, msg_type need")
        for paragraph in page["content"]:
            for part in paragraph:
                fields = {"text": {"tag", "text"}, "a": {"tag", "text", "href"}}
                if set(part) != fields.get(part["tag"]):
                    raise self.failed(19002, "params error")


class WeComChat(Chat):
    path = "/cgi-bin/webhook/send?key="
    names = ("errcode", "errmsg")
    rates = ((20, 60.0),)
    too_often = (45009, "api freq out of limit")

    def token_of(self, sent: Sent) -> str:
        return sent.path.removeprefix(self.path)

    def no_such_robot(self) -> Failed:
        hint = "hint: [1592021214_50_551fc8807c11f27ed0e6714d0c267ba4], from ip: 127.0.0.1"
        return self.failed(93000, f"invalid webhook url, {hint}")

    def check(self, body: dict[str, Any]) -> None:
        if set(body) != {"msgtype", "markdown"} or body["msgtype"] != "markdown":
            raise self.failed(40008, "invalid message type")
        content = body["markdown"].get("content", "")
        if set(body["markdown"]) != {"content"} or not content:
            raise self.failed(44004, "empty content")
        if len(content.encode()) > 4096:
            raise self.failed(40058, "markdown.content exceed max length 4096. invalid Request")


class DingTalkChat(Chat):
    path = "/robot/send?access_token="
    names = ("errcode", "errmsg")
    rates = ((20, 60.0),)
    too_often = (130101, "send too fast, exceed 20 times per minute")

    def token_of(self, sent: Sent) -> str:
        if len(sent.body) > 20_000:
            raise self.failed(460101, "message too long, exceed 20000 bytes")
        return dict(parse_qsl(urlsplit(sent.path).query, strict_parsing=True)).get(
            "access_token", ""
        )

    def no_such_robot(self) -> Failed:
        return self.failed(300001, "token is not exist")

    def missing_keyword(self) -> Failed:
        return self.failed(310000, "keywords not in content")

    def check_signature(self, sent: Sent, body: dict[str, Any], secret: str) -> None:
        query = dict(parse_qsl(urlsplit(sent.path).query, strict_parsing=True))
        at, given = query.get("timestamp", ""), query.get("sign", "")
        if not re.fullmatch(r"\d{13}", at) or abs(time.time() - int(at) / 1000) > HOUR:
            raise self.failed(310000, "invalid timestamp")
        whole = hmac.digest(secret.encode(), at.encode() + b"\n" + secret.encode(), "sha256")
        # A plus that is not written %2B arrives as a space.
        if given != base64.b64encode(whole).decode():
            raise self.failed(310000, "sign not match")

    def check(self, body: dict[str, Any]) -> None:
        if set(body) != {"msgtype", "markdown"} or body["msgtype"] != "markdown":
            raise self.failed(40035, "msgtype")
        if set(body["markdown"]) != {"title", "text"} or not all(body["markdown"].values()):
            raise self.failed(40035, "title and text are needed")

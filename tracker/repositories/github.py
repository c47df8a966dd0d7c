"""GitHub: a push signed over its body, in JSON or as the form that it is sent as by default."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs

import msgspec

from tracker.repositories.forms import Commit, Push

Headers = Mapping[str, str]


class _Commit(msgspec.Struct):
    id: str
    message: str


class _Repository(msgspec.Struct):
    full_name: str


class _Push(msgspec.Struct):
    ref: str
    commits: list[_Commit]
    repository: _Repository
    deleted: bool = False


def genuine(secret: str, headers: Headers, body: bytes, *, now: datetime) -> bool:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = headers.get("x-hub-signature-256", "")
    return hmac.compare_digest(given.encode(), f"sha256={digest}".encode())


def key(headers: Headers, push: Push, body: bytes) -> str:
    """The same in every repeat, by GitHub or by whoever presses “Redeliver”. It is not signed: a
    commit counts once under whatever key."""
    return headers.get("x-github-delivery", "")


def read(headers: Headers, body: bytes) -> Push:
    event = headers.get("x-github-event", "")
    if event != "push":
        return Push(event, why="ping" if event == "ping" else "event")
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        body = parse_qs(body.decode()).get("payload", [""])[0].encode()
    sent = msgspec.json.decode(body, type=_Push)
    return Push(
        event,
        why="deleted" if sent.deleted else "",
        project=sent.repository.full_name,
        branch=sent.ref,
        commits=[Commit(one.id, one.message) for one in sent.commits],
    )

"""GitLab: a push with a signature (Standard Webhooks), or with the bare secret of older servers."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from tracker.repositories.forms import Commit, Push

Headers = Mapping[str, str]

OLDEST = timedelta(minutes=5)
"""Of a signature: after that it is somebody's who has listened in."""
_PREFIX = "whsec_"


class _Commit(msgspec.Struct):
    id: str
    message: str


class _Project(msgspec.Struct):
    path_with_namespace: str


class _Kind(msgspec.Struct):
    object_kind: str = ""


class _Push(msgspec.Struct):
    ref: str
    commits: list[_Commit]
    project: _Project
    checkout_sha: str | None = None
    total_commits_count: int = 0


def genuine(secret: str, headers: Headers, body: bytes, *, now: datetime) -> bool:
    """What is signed must be signed well: it is not taken for its token instead."""
    if "webhook-signature" in headers:
        return _signed(secret, headers, body, now)
    return hmac.compare_digest(headers.get("x-gitlab-token", "").encode(), secret.encode())


def _signed(secret: str, headers: Headers, body: bytes, now: datetime) -> bool:
    name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    try:
        sent = datetime.fromtimestamp(int(at), tz=now.tzinfo)
        signing = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (ValueError, OverflowError, OSError, binascii.Error):
        return False
    if not secret.startswith(_PREFIX) or abs(now - sent) > OLDEST:
        return False
    digest = hmac.new(signing, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(digest)
    given = headers["webhook-signature"].encode().split()
    return any(hmac.compare_digest(one, wanted) for one in given)


def key(headers: Headers, push: Push, body: bytes) -> str:
    """The first two are one and stay the same when GitLab tries again; servers before 17.4 have
    the third alone."""
    names = ("webhook-id", "idempotency-key", "x-gitlab-event-uuid")
    return next((headers[name] for name in names if headers.get(name)), "")


def read(headers: Headers, body: bytes) -> Push:
    event = headers.get("x-gitlab-event", "")
    # The hook of a whole server sends everything under one name.
    whole = event == "System Hook" and msgspec.json.decode(body, type=_Kind).object_kind == "push"
    if event != "Push Hook" and not whole:
        return Push(event, why="event")
    sent = msgspec.json.decode(body, type=_Push)
    return Push(
        event,
        why="" if sent.checkout_sha else "deleted",
        project=sent.project.path_with_namespace,
        branch=sent.ref,
        commits=[Commit(one.id, one.message) for one in sent.commits],
        left_out=max(0, sent.total_commits_count - len(sent.commits)),
    )

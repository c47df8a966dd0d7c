"""Gerrit: changes that were merged, as its webhooks plugin posts them.

The plugin signs nothing and sends no headers of one's own, so the secret is the end of the address,
which in Gerrit only a project's owners and administrators see.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import msgspec

from tracker.repositories.forms import Commit, Push

Headers = Mapping[str, str]


class _Change(msgspec.Struct):
    project: str
    branch: str
    commit_message: str = msgspec.field(name="commitMessage")


class _PatchSet(msgspec.Struct):
    revision: str


class _Merged(msgspec.Struct):
    change: _Change
    patch_set: _PatchSet = msgspec.field(name="patchSet")


class _Event(msgspec.Struct):
    type: str
    created: int = msgspec.field(name="eventCreatedOn", default=0)


def genuine(secret: str, given: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


def key(headers: Headers, push: Push, body: bytes) -> str:
    """Gerrit numbers nothing: a change is merged once, and events of other kinds are told apart by
    their second."""
    created = msgspec.json.decode(body, type=_Event).created
    return " ".join((push.event, *(one.sha for one in push.commits), str(created)))


def read(headers: Headers, body: bytes) -> Push:
    event = msgspec.json.decode(body, type=_Event).type
    if event != "change-merged":
        return Push(event, why="event")
    sent = msgspec.json.decode(body, type=_Merged)
    return Push(
        event,
        project=sent.change.project,
        branch=sent.change.branch,
        commits=[Commit(sent.patch_set.revision, sent.change.commit_message)],
    )

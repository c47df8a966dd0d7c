"""The door of each host: who may come in, and what they bring."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from tracker.repositories import gerrit, github, gitlab
from tracker.repositories.forms import Push
from tracker.repositories.tables import HostKind

Headers = Mapping[str, str]
"""Names in small letters."""

LONGEST_KEY = 200
_READERS = {HostKind.GITHUB: github, HostKind.GITLAB: gitlab, HostKind.GERRIT: gerrit}
_SIGNED = {HostKind.GITHUB: github.genuine, HostKind.GITLAB: gitlab.genuine}


def genuine(
    host: HostKind, secret: str, headers: Headers, body: bytes, *, given: str, now: datetime
) -> bool:
    """Whether it is from whoever knows the secret, which may be `given` in the address where the
    host has no better way. Takes the same time however much of a guess is right."""
    if host in _SIGNED:
        return not given and _SIGNED[host](secret, headers, body, now=now)
    return gerrit.genuine(secret, given)


def read(host: HostKind, headers: Headers, body: bytes) -> tuple[str, Push]:
    """The host's name for the delivery, and what is in it.

    Raises `msgspec.DecodeError` or `UnicodeDecodeError` where that cannot be read.
    """
    reader = _READERS[host]
    push = reader.read(headers, body)
    key = reader.key(headers, push, body)
    if not 0 < len(key) <= LONGEST_KEY:
        key = hashlib.sha256(body).hexdigest()
    return key, push

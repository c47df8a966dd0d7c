"""The post as the owner of one model reads it: their build, and the lines that are for them."""

from __future__ import annotations

from typing import Any

import msgspec

from tracker.errors import NotFound
from tracker.language import Text
from tracker.posts.queries import Departure, Post
from tracker.releases.forms import EntryOut


def for_model(post: Post, codename: str) -> Post:
    """What of it is for a model. The figures stay those of the whole release.

    NotFound where the release has no build for the model.
    """
    departures = [one for one in post.departures if one.build.device == codename]
    if not departures:
        raise NotFound(Text("这一期没有这个机型的版本", "This release has no build for that model"))
    lines = [
        msgspec.structs.replace(line, entry=_of(line.entry, codename))
        for line in post.lines
        if line.entry.models is None or codename in line.entry.models
    ]
    return msgspec.structs.replace(post, departures=departures, lines=lines)


def _of(entry: EntryOut, codename: str) -> EntryOut:
    """Nothing is said of other models, neither that it is for them nor that it was taken back."""
    erratum = entry.erratum
    if erratum is not None and codename not in erratum.models:
        erratum = None
    return msgspec.structs.replace(entry, models=None, erratum=erratum)


def picker(post: Post, chosen: str) -> dict[str, Any]:
    """The models to choose from, the reader's own first, and the builds of the chosen one."""
    found: dict[str, Departure] = {}
    for one in post.departures:
        if one.build.device not in found or one.mine:
            found[one.build.device] = one
    models = [{"codename": name, "name": one.name, "mine": one.mine} for name, one in found.items()]
    return {
        "models": sorted(models, key=lambda model: not model["mine"]),
        "chosen": found.get(chosen),
    }

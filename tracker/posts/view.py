"""A post as its templates take it."""

from __future__ import annotations

from typing import Any

from tracker.posts.queries import Post
from tracker.posts.words import credited, is_withdrawn, thanks, thanks_to_all
from tracker.releases.entries import by_module
from tracker.releases.forms import EntryOut
from tracker.releases.words import line_of


def shown(post: Post, *, links: bool = False) -> dict[str, Any]:
    """What the templates of a post are given. `links` lead to what is for the closed beta."""
    own = {line.entry.proposal: line.own for line in post.lines}
    standing = [entry for entry in post.entries if not is_withdrawn(entry, post.builds)]
    modules = [
        (lines[0].module, name, [_line(post, line, own, links=links) for line in lines])
        for name, lines in by_module(post.entries)
    ]
    return {
        "train": post.train,
        "headline": post.headline,
        "gone": [one for one in post.departures if one.build.withdrawn],
        "late": [
            one
            for one in post.departures
            if one.build.published_at is None and one.build.withdrawn is None
        ],
        "later": len(
            {
                one.build.device
                for one in post.departures
                if one.build.published_at and one.build.published_at > post.published_at
            }
        ),
        "modules": modules,
        "errata": [line for *_, lines in modules for line in lines if line["erratum"]],
        "thanks": thanks_to_all(post.headline.testers, credited(standing)),
        "own": sum(len(line.own) for line in post.lines),
    }


def _line(post: Post, entry: EntryOut, own: dict[str, list[int]], *, links: bool) -> dict[str, Any]:
    """A line as the changelog's picture takes it."""
    erratum = entry.erratum
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "text": line_of(entry),
        "models": [post.names[codename] for codename in entry.models or ()],
        "url": f"/proposals/{entry.proposal}" if links else None,
        "thanks": thanks(entry.credits),
        "own": [f"R-{number}" for number in own[entry.proposal]],
        "erratum": erratum
        and {
            "at": erratum.at,
            "reason": erratum.reason,
            "models": []
            if is_withdrawn(entry, post.builds)
            else [post.names[codename] for codename in erratum.models],
        },
    }


def excerpt(post: Post, *, lines: int) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The first so many lines that still hold, by module."""
    own = {line.entry.proposal: line.own for line in post.lines}
    good = [entry for entry in post.entries if not is_withdrawn(entry, post.builds)][:lines]
    return [
        (name, [_line(post, entry, own, links=False) for entry in found])
        for name, found in by_module(good)
    ]

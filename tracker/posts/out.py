"""A published post for programs, whoever sends them: what the page says, as data or as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from tracker.devices.forms import Words
from tracker.language import Language
from tracker.posts.confirmed import Confirmed, confirmed_before
from tracker.posts.markdown import markdown_post
from tracker.posts.queries import Post, get_post
from tracker.releases.forms import ReleaseOut, ReleaseSummary
from tracker.timetable import Timetable


class Figures(msgspec.Struct, frozen=True):
    """`models` have it, `reports` are solved by it, `testers` had filed them."""

    changes: int
    models: int
    reports: int
    testers: int


class ConfirmedOut(msgspec.Struct, frozen=True):
    """A line of the release before: how many testers found it solved, on how many models, and how
    many still see the problem."""

    entry: int
    zh: str
    en: str
    testers: int
    models: int
    broken: int


class PostOut(ReleaseOut, frozen=True, kw_only=True):
    """A release with what its post tells besides. `updated_at`: when it last said something new."""

    updated_at: datetime
    figures: Figures
    previous: date | None
    next: date | None
    confirmed: list[ConfirmedOut]


def post_out(post: Post, url: str, confirmed: Sequence[Confirmed]) -> PostOut:
    short = {
        name: getattr(post.train, name)
        for name in ReleaseSummary.__struct_fields__
        if name != "url"
    }
    head = post.headline
    return PostOut(
        **short,
        url=url,
        notes=Words(*post.train.notes),
        builds=post.builds,
        entries=post.entries,
        updated_at=post.changed_at,
        figures=Figures(len(post.lines), head.models, head.reports, head.testers),
        previous=head.previous,
        next=head.following,
        confirmed=[
            ConfirmedOut(
                line.entry, line.text.zh, line.text.en, line.testers, line.models, line.broken
            )
            for line in confirmed
        ],
    )


async def post_in_markdown(day: date, timetable: Timetable, language: Language) -> str:
    """A published post as text, or NotFound: the same by address and by API."""
    post = await get_post(day, timetable)
    return markdown_post(
        post.train,
        post.entries,
        post.builds,
        post.names,
        language,
        confirmed=await confirmed_before(post.train),
        testers=post.headline.testers,
    )

"""Reading notices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.errors import NotFound
from tracker.notices.access import visible_to
from tracker.notices.forms import DeliveryOut, NoticeOut, VerifyLink
from tracker.notices.tables import DeliveryState, NoticeKind
from tracker.notices.words import Wording, wording
from tracker.people.tables import Person
from tracker.proposals.links import Links
from tracker.web.pagination import decode_cursor, encode_cursor


class Listed(msgspec.Struct, frozen=True):
    """A notice with its words in both languages."""

    id: int
    kind: str
    words: Wording
    at: datetime
    read_at: datetime | None
    data: dict[str, Any]


def listed(row: Record) -> Listed:
    data = msgspec.json.decode(row["data"])
    return Listed(
        row["id"], row["kind"], wording(row["kind"], data), row["at"], row["read_at"], data
    )


UNREAD_OF_P = "SELECT count(*) FROM notices WHERE person = p.id AND read_at IS NULL"
"""For whoever `p` is in the statement around it: one look at a small index, for every page."""


async def count_unread(person: int) -> int:
    """For a page that comes after some were read on the same way."""
    row = await database.fetch_row(
        "SELECT count(*) AS n FROM notices WHERE person = $1 AND read_at IS NULL", person
    )
    assert row is not None
    return int(row["n"])


async def notices_of(
    handle: str, *, limit: int, after: str = ""
) -> tuple[list[Listed], str | None]:
    """Newest first. Who may ask for whose is the caller's to check (access)."""
    before = int(decode_cursor(after, int)[0]) if after else None
    rows = await database.fetch(
        "SELECT n.id, n.kind, n.data, n.at, n.read_at FROM notices n"
        " WHERE n.person = (SELECT id FROM people WHERE handle = $1)"
        " AND ($2::bigint IS NULL OR n.id < $2) ORDER BY n.id DESC LIMIT $3",
        handle,
        before,
        limit + 1,
    )
    found = [listed(row) for row in rows]
    more = len(found) > limit
    return found[:limit], encode_cursor(found[limit - 1].id) if more else None


async def get_notice(person: Person, number: int) -> Listed:
    rows = await database.rows(
        QueryString(
            "SELECT id, kind, data, at, read_at FROM notices WHERE id = {} AND {}",
            number,
            visible_to(person),
        )
    )
    if not rows:
        raise NotFound
    return listed(rows[0])


async def deliveries_of(person: Person, number: int) -> list[DeliveryOut]:
    """The inbox first, where a notice has arrived by being there."""
    notice = await get_notice(person, number)
    rows = await database.fetch(
        "SELECT channel, state, attempts, at, detail FROM deliveries WHERE notice = $1 ORDER BY id",
        number,
    )
    return [
        DeliveryOut("inbox", DeliveryState.SENT, 1, notice.at, ""),
        *(
            DeliveryOut(
                row["channel"],
                DeliveryState(row["state"]),
                row["attempts"],
                row["at"],
                row["detail"],
            )
            for row in rows
        ),
    ]


async def build_ids(named: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The rows of builds that notices name by codename and version."""
    if not named:
        return {}
    rows = await database.fetch(
        "SELECT d.codename, b.version, b.id FROM builds b JOIN device_models d ON d.id = b.model"
        " WHERE (d.codename, b.version) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
        [codename for codename, _ in named],
        [version for _, version in named],
    )
    return {(row["codename"], row["version"]): row["id"] for row in rows}


async def verify_links(
    found: Sequence[Listed], recipient: int, links: Links, *, now: datetime
) -> dict[int, list[VerifyLink]]:
    """For each of these notices: where its recipient says whether the fixes it is about work.
    For their own eyes, since whoever holds a link answers as them. One query for all."""
    news = [one for one in found if one.kind in (NoticeKind.FRIDAY, NoticeKind.BUILD)]
    ids = await build_ids(
        {(one["codename"], one["build"]) for notice in news for one in notice.data["reports"]}
    )
    return {
        notice.id: [
            VerifyLink(f"R-{one['report']}", links.url(recipient, one["report"], build, now=now))
            for one in notice.data["reports"]
            if (build := ids.get((one["codename"], one["build"])))
        ]
        for notice in news
    }


def notice_out(
    notice: Listed, language: str, base_url: str, verify: Sequence[VerifyLink] = ()
) -> NoticeOut:
    words = notice.words
    return NoticeOut(
        id=notice.id,
        kind=NoticeKind(notice.kind),
        title=words.title.within(language),
        text=words.text.within(language),
        url=base_url + words.path,
        reports=words.reports,
        at=notice.at,
        read_at=notice.read_at,
        verify=list(verify),
    )


async def inbox(person: Person, *, limit: int, after: str = "") -> tuple[list[Listed], str | None]:
    """A person's own: what is unread first, then what is read, each newest first."""
    read, number = decode_cursor(after, int, int) if after else (None, None)
    rows = await database.fetch(
        "SELECT id, kind, data, at, read_at FROM notices WHERE person = $1 AND ($2::integer IS NULL"
        " OR ((read_at IS NOT NULL)::integer, -id) > ($2, -$3::bigint))"
        " ORDER BY (read_at IS NOT NULL)::integer, -id LIMIT $4",
        person.id,
        read,
        number,
        limit + 1,
    )
    found = [listed(row) for row in rows]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor(int(last.read_at is not None), last.id)

"""From a notice to the message for one address: in its reader's language, with its links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec
from asyncpg import Record

from tracker.channels.base import ChannelName, Line, Outgoing
from tracker.channels.registry import Channels
from tracker.language import Language
from tracker.notices.beside import BESIDE_GROUPS
from tracker.notices.lines import ReportLine, report_lines
from tracker.notices.queries import build_ids
from tracker.notices.tables import NoticeKind
from tracker.notices.words import wording
from tracker.proposals.links import Links
from tracker.settings import Settings
from tracker.subscriptions.links import unsubscribe_url

ROOMY = frozenset({ChannelName.EMAIL, ChannelName.WEBHOOK, ChannelName.NTFY})
"""Channels whose messages bring each report, and the links by which their reader acts."""


class Claimed(msgspec.Struct, frozen=True):
    """A delivery that this worker has taken, ready to be sent."""

    id: int
    attempts: int
    subscription: int
    channel: ChannelName
    host: str
    outgoing: Outgoing
    hopeless: str = ""
    """Why it need not be tried at all; empty where it is to be."""


async def compose(rows: Sequence[Record], settings: Settings) -> list[Claimed]:
    """Each of `claim`'s rows as it goes out. One query for all that bring their reports, and none
    where none does."""
    facts = [_in_one_line(msgspec.json.decode(row["data"])) for row in rows]
    lines = [
        report_lines(row["kind"], data) if _has_room(row) or _lists(row, data) else ()
        for row, data in zip(rows, facts, strict=True)
    ]
    fixes = (
        line.fix for row, many in zip(rows, lines, strict=True) if _has_room(row) for line in many
    )
    builds = await build_ids({fix for fix in fixes if fix})
    links = Links.of(settings) if any(map(_has_room, rows)) else None
    return [
        _composed(row, data, settings, many, builds, links if _has_room(row) else None)
        for row, data, many in zip(rows, facts, lines, strict=True)
    ]


_TURNS = dict.fromkeys((*range(8234, 8239), *range(8294, 8298)))
"""What makes the rest of a line run the other way."""


def _in_one_line(facts: Any, name: str = "") -> Any:
    """The facts of a notice with its titles each in one line. Anybody files a report, and what
    begins a line of its own in a mail or a team's chat looks as if we had written it."""
    if isinstance(facts, dict):
        return {key: _in_one_line(value, key) for key, value in facts.items()}
    if isinstance(facts, list):
        return [_in_one_line(value) for value in facts]
    if name == "title" and isinstance(facts, str):
        return " ".join(facts.translate(_TURNS).split())
    return facts


def _has_room(row: Record) -> bool:
    return row["channel"] in ROOMY and not row["gone"]


def _lists(row: Record, data: dict[str, Any]) -> bool:
    """A push names the reports, without links, where there are several: one is in its sentence."""
    return (
        row["channel"] == ChannelName.WEBPUSH
        and sum(len(data.get(group) or ()) for group in ("reports", *BESIDE_GROUPS)) > 1
    )


def _composed(
    row: Record,
    data: dict[str, Any],
    settings: Settings,
    lines: Sequence[ReportLine],
    builds: Mapping[tuple[str, str], int],
    links: Links | None,
) -> Claimed:
    language = cast("Language", row["language"] or "zh")
    words = wording(row["kind"], data)
    hopeless = "the subscription is gone" if row["gone"] else ""
    if row["disabled"]:
        hopeless = "the account is closed"
    unsubscribe = ""
    if links is not None and row["person"] is not None:
        unsubscribe = unsubscribe_url(links.key, settings.base_url, row["subscription"])
    return Claimed(
        id=row["id"],
        attempts=row["attempts"],
        subscription=row["subscription"],
        channel=ChannelName(row["channel"]),
        host=row["host"],
        hopeless=hopeless,
        outgoing=Outgoing(
            key=f"n{row['notice']}-{row['subscription']}",
            kind=row["kind"],
            title=words.title.within(language),
            text=words.text.within(language),
            # A Friday is opened at one's own: all of the news is there, and what it asks for.
            url=settings.base_url + ("/" if row["kind"] == NoticeKind.FRIDAY else words.path),
            language=language,
            at=row["at"],
            address=msgspec.json.decode(row["address"]),
            lines=tuple(_line(one, row, language, settings, builds, links) for one in lines),
            unsubscribe=unsubscribe,
        ),
    )


def _line(
    one: ReportLine,
    row: Record,
    language: Language,
    settings: Settings,
    builds: Mapping[tuple[str, str], int],
    links: Links | None,
) -> Line:
    verify = ""
    build = builds.get(one.fix) if one.fix else None
    if links is not None and build is not None and row["person"] is not None:
        # From when the notice was made: the same link in every try.
        verify = links.url(row["person"], one.report, build, now=row["at"])
    return Line(
        report=f"R-{one.report}",
        title=one.title,
        says=one.says.within(language),
        url=f"{settings.base_url}/reports/R-{one.report}",
        verify=verify,
    )


def calls(claimed: Sequence[Claimed], channels: Channels) -> Iterator[list[Claimed]]:
    """What one call takes: one, or for a channel that can, those that say the same."""
    alike: dict[object, list[Claimed]] = {}
    for one in claimed:
        if one.hopeless or channels[one.channel].together == 1:
            yield [one]
        else:
            out = one.outgoing
            same = (one.channel, one.host, out.title, out.text, out.language, out.url)
            alike.setdefault(same, []).append(one)
    for many in alike.values():
        together = channels[many[0].channel].together
        for start in range(0, len(many), together):
            yield many[start : start + together]

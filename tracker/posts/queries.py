"""Published posts, read whole: what the pages, the Markdown and the feed are made of.

A post costs three queries, ten of them as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from asyncpg import Record

from tracker import database
from tracker.devices.forms import BuildOut
from tracker.devices.queries import BUILD_COLUMNS, build_out
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.tables import Person
from tracker.releases.entries import ENTRIES, entry_out
from tracker.releases.forms import EntryOut
from tracker.releases.queries import TRAIN_COLUMNS, Train, train_out
from tracker.timetable import Timetable


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """A release in figures: lines, models that have it, reports it solved and their testers.

    `late` names the models whose builds are still to come.
    """

    train: Train
    previous: date | None
    following: date | None
    entries: int
    models: int
    reports: int
    testers: int
    late: list[Text]


class Departure(msgspec.Struct, frozen=True):
    """A build on the board. `mine`: the reader has such a phone, in this ring."""

    build: BuildOut
    name: Text
    mine: bool = False


class Line(msgspec.Struct, frozen=True):
    """A changelog line, with the reader's own reports that it solved."""

    entry: EntryOut
    own: list[int] = []


class Post(msgspec.Struct, frozen=True, kw_only=True):
    headline: Headline
    departures: list[Departure]
    lines: list[Line]

    @property
    def train(self) -> Train:
        return self.headline.train

    @property
    def builds(self) -> list[BuildOut]:
        return [departure.build for departure in self.departures]

    @property
    def entries(self) -> list[EntryOut]:
        return [line.entry for line in self.lines]

    @property
    def names(self) -> dict[str, Text]:
        """Market names by codename: of all models that its lines can name."""
        return {departure.build.device: departure.name for departure in self.departures}

    @property
    def published_at(self) -> datetime:
        assert self.train.published_at is not None
        return self.train.published_at

    @property
    def changed_at(self) -> datetime:
        """The last time it said something new: published, a late build out or one withdrawn, a
        line taken back, its notes changed."""
        moments = [self.published_at]
        moments += [self.train.noted_at] if self.train.noted_at else []
        moments += [build.published_at for build in self.builds if build.published_at]
        moments += [build.withdrawn.at for build in self.builds if build.withdrawn]
        moments += [entry.erratum.at for entry in self.entries if entry.erratum]
        return max(moments)


_HEADLINES = (
    f"SELECT {TRAIN_COLUMNS},"
    " (SELECT max(o.date) FROM releases o WHERE o.published_at IS NOT NULL AND o.date < r.date)"
    " AS previous,"
    " (SELECT min(o.date) FROM releases o WHERE o.published_at IS NOT NULL AND o.date > r.date)"
    " AS following,"
    " (SELECT count(*) FROM entries e WHERE e.release = r.id) AS entries,"
    " b.models, b.late_zh, b.late_en, s.reports, s.testers"
    " FROM releases r LEFT JOIN people p ON p.id = r.published_by"
    " CROSS JOIN LATERAL (SELECT count(DISTINCT d.id) FILTER (WHERE b.published_at IS NOT NULL)"
    "  AS models,"
    "  array_agg(d.name_zh ORDER BY d.name_en) FILTER (WHERE b.published_at IS NULL) AS late_zh,"
    "  array_agg(d.name_en ORDER BY d.name_en) FILTER (WHERE b.published_at IS NULL) AS late_en"
    "  FROM builds b JOIN device_models d ON d.id = b.model WHERE b.release = r.date"
    "  AND b.withdrawn_at IS NULL) b"
    " CROSS JOIN LATERAL (SELECT count(*) AS reports, count(DISTINCT reporter) AS testers"
    # An array, so that each build is one look into the index whatever the planner guesses.
    "  FROM reports"
    "  WHERE released_in = ANY (ARRAY(SELECT id FROM builds WHERE release = r.date))) s"
    " WHERE r.published_at IS NOT NULL"
)


def _headline(row: Record, timetable: Timetable) -> Headline:
    late = dict.fromkeys(zip(row["late_zh"] or (), row["late_en"] or (), strict=True))
    return Headline(
        train=train_out(row, timetable),
        previous=row["previous"],
        following=row["following"],
        entries=row["entries"],
        models=row["models"],
        reports=row["reports"],
        testers=row["testers"],
        late=[Text(zh, en) for zh, en in late],
    )


async def headlines(
    timetable: Timetable, *, limit: int, before: date | None = None
) -> list[Headline]:
    """Newest first."""
    rows = await database.fetch(
        _HEADLINES + " AND ($1::date IS NULL OR r.date < $1) ORDER BY r.date DESC LIMIT $2",
        before,
        limit,
    )
    return [_headline(row, timetable) for row in rows]


async def get_post(day: date, timetable: Timetable) -> Post:
    """The post of a date as everybody reads it, or NotFound while there is none."""
    rows = await database.fetch(_HEADLINES + " AND r.date = $1", day)
    if not rows:
        raise NotFound(Text(f"没有 {day} 这一期", f"There is no release {day}"))
    posts = await _whole([_headline(rows[0], timetable)])
    return posts[0]


async def latest_posts(timetable: Timetable, *, limit: int) -> list[Post]:
    """Newest first."""
    return await _whole(await headlines(timetable, limit=limit))


async def _whole(found: Sequence[Headline]) -> list[Post]:
    departures = await _departures([headline.train.date for headline in found])
    lines = await _lines([headline.train.id for headline in found])
    return [
        Post(
            headline=headline,
            departures=departures.get(headline.train.date, []),
            lines=lines.get(headline.train.id, []),
        )
        for headline in found
    ]


async def _departures(days: list[date]) -> dict[date, list[Departure]]:
    rows = await database.fetch(
        f"SELECT {BUILD_COLUMNS} FROM builds b JOIN device_models d ON d.id = b.model"
        " WHERE b.release = ANY ($1) ORDER BY d.name_en, d.codename,"
        " array_position(ARRAY['closed', 'dev', 'stable'], b.ring::text), b.position",
        days,
    )
    boards: dict[date, list[Departure]] = {}
    for row in rows:
        departure = Departure(build_out(row), Text(row["name_zh"], row["name_en"]))
        boards.setdefault(row["release"], []).append(departure)
    return boards


async def _lines(releases: list[int]) -> dict[int, list[Line]]:
    posts: dict[int, list[Line]] = {}
    for row in await database.fetch(ENTRIES.replace("{more}", ""), releases):
        posts.setdefault(row["release"], []).append(Line(entry_out(row)))
    return posts


# Their reports that the release solved, and their phones.
_OWN = """
SELECT own.proposal, own.id, NULL AS codename, NULL AS ring FROM reports own
WHERE own.reporter = $1 AND own.proposal IS NOT NULL
    AND own.released_in = ANY (ARRAY(SELECT id FROM builds WHERE release = $2))
UNION ALL
SELECT NULL, NULL, d.codename, pd.ring
FROM person_devices pd JOIN device_models d ON d.id = pd.model WHERE pd.person = $1
ORDER BY id
"""


async def for_reader(post: Post, reader: Person) -> Post:
    """The post with what in it is the reader's own. One query."""
    reports: dict[str, list[int]] = {}
    phones: set[tuple[str, str]] = set()
    for row in await database.fetch(_OWN, reader.id, post.train.date):
        if row["id"] is None:
            phones.add((row["codename"], row["ring"]))
        else:
            reports.setdefault(f"P-{row['proposal']}", []).append(row["id"])
    return msgspec.structs.replace(
        post,
        departures=[
            Departure(one.build, one.name, (one.build.device, one.build.ring) in phones)
            for one in post.departures
        ],
        lines=[Line(line.entry, reports.get(line.entry.proposal, [])) for line in post.lines],
    )

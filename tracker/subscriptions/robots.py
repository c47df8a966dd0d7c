"""The robots of a team: subscriptions of nobody, kept by captains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from asyncpg import Record

from tracker import database
from tracker.channels.base import Address, Channel, ChannelName
from tracker.errors import Conflict, NotFound
from tracker.language import Language, Text
from tracker.people.tables import Person
from tracker.subscriptions.access import require_can_keep_robots
from tracker.subscriptions.defaults import RobotKind
from tracker.web.forms import says

MOST = 50
"""Robots of all teams: each Friday is posted by every one."""
REMEMBERED = timedelta(days=30)
"""That a robot which its vendor says is gone is still shown, with the reason."""


class AddRobot(msgspec.Struct):
    """Beside the fields that the channel reads itself."""

    name: Annotated[
        str,
        says(
            "写一个名字，比如群的名字，最多 80 个字",
            "Give it a name, like that of the group, of 80 characters at most",
            min_length=1,
            max_length=80,
        ),
    ]
    hears: Annotated[
        list[RobotKind],
        says("至少选一样它要发的", "Choose at least one thing that it posts", min_length=1),
    ]
    language: Annotated[Literal["zh", "en"], says("选一种语言", "Choose a language")] = "zh"


class Robot(msgspec.Struct, frozen=True):
    id: int
    channel: ChannelName
    name: str
    language: Language
    hears: list[RobotKind]
    created_at: datetime
    address: Address
    """A secret: for sending, and for nobody's eyes."""
    gone_at: datetime | None
    gone_because: str

    @property
    def ends_with(self) -> str:
        """By which somebody who has the address knows it again; empty once it is gone."""
        return self.address.get("url", "")[-4:]

    @property
    def signs(self) -> bool:
        return bool(self.address.get("secret"))


async def add_robot(
    captain: Person, channel: Channel, address: Address, form: AddRobot, *, now: datetime
) -> int:
    """Have a robot post, and return its number. The same robot again is changed and keeps its
    number: what it has posted it does not post twice."""
    require_can_keep_robots(captain)
    facts = msgspec.json.encode(address).decode()
    hears = msgspec.json.encode(form.hears).decode()
    async with database.transaction():
        # Of two requests at once, the second sees what the first has done.
        await database.execute("SELECT pg_advisory_xact_lock(hashtext('robots'))")
        changed = await database.fetch_row(
            "UPDATE subscriptions SET address = $3::jsonb, name = $4, language = $5,"
            " hears = $6::jsonb WHERE person IS NULL AND channel = $1 AND key = $2"
            " AND gone_at IS NULL RETURNING id",
            channel.name,
            channel.key(address),
            facts,
            form.name,
            form.language,
            hears,
        )
        if changed is not None:
            return int(changed["id"])
        count = await database.fetch_row(
            "SELECT count(*) AS n FROM subscriptions WHERE person IS NULL AND gone_at IS NULL"
        )
        assert count is not None
        if count["n"] >= MOST:
            raise Conflict(
                Text(
                    f"最多 {MOST} 个机器人，请先移除一个",
                    f"There are {MOST} robots already: remove one first",
                )
            )
        made = await database.fetch_row(
            "INSERT INTO subscriptions (person, channel, key, host, address, name, created_at,"
            " confirmed_at, gone_because, language, hears)"
            " VALUES (NULL, $1, $2, $3, $4::jsonb, $5, $6, $6, '', $7, $8::jsonb) RETURNING id",
            channel.name,
            channel.key(address),
            channel.host(address),
            facts,
            form.name,
            now,
            form.language,
            hears,
        )
    assert made is not None
    return int(made["id"])


async def remove_robot(captain: Person, number: int, *, now: datetime) -> None:
    """It posts nothing more. What is still on its way there is not sent."""
    require_can_keep_robots(captain)
    row = await database.fetch_row(
        "UPDATE subscriptions SET gone_at = $2, gone_because = 'removed by a captain',"
        " address = '{}' WHERE id = $1 AND person IS NULL AND gone_at IS NULL RETURNING id",
        number,
        now,
    )
    if row is None:
        raise NotFound


_ROBOTS = (
    "SELECT id, channel, name, language, hears, created_at, address, gone_at, gone_because"
    " FROM subscriptions WHERE person IS NULL"
)


async def robots(captain: Person, *, now: datetime) -> Sequence[Robot]:
    """Those at work, and those that their vendors have lately said are gone."""
    require_can_keep_robots(captain)
    rows = await database.fetch(
        f"{_ROBOTS} AND (gone_at IS NULL"
        " OR (gone_at > $1 AND gone_because <> 'removed by a captain')) ORDER BY id",
        now - REMEMBERED,
    )
    return [_robot(row) for row in rows]


async def get_robot(captain: Person, channel: ChannelName, number: int) -> Robot:
    require_can_keep_robots(captain)
    row = await database.fetch_row(
        f"{_ROBOTS} AND gone_at IS NULL AND channel = $1 AND id = $2", channel, number
    )
    if row is None:
        raise NotFound
    return _robot(row)


def _robot(row: Record) -> Robot:
    return Robot(
        id=row["id"],
        channel=ChannelName(row["channel"]),
        name=row["name"],
        language="en" if row["language"] == "en" else "zh",
        hears=msgspec.json.decode(row["hears"], type=list[RobotKind]),
        created_at=row["created_at"],
        address=msgspec.json.decode(row["address"], type=Address),
        gone_at=row["gone_at"],
        gone_because=row["gone_because"],
    )

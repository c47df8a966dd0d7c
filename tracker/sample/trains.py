"""Builds, and the Fridays with which they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import structs

from tracker.devices.forms import Words
from tracker.devices.tables import Ring
from tracker.notices.actions import mark_all_read, open_notice
from tracker.notices.queries import notices_of
from tracker.notices.tables import NoticeKind
from tracker.releases import preparing
from tracker.releases.actions import publish
from tracker.releases.arriving import put_build
from tracker.releases.entries import draft_entries
from tracker.releases.forms import PutBuild, PutNotes
from tracker.sample.models import CODENAMES, DEV_MODELS
from tracker.sample.script import Script
from tracker.sample.stories.lockscreen import MISSED

LATE = Words(
    "因处理展开后内屏边缘偶尔点不动的问题延迟发布",
    "held back: the edge of the inner screen sometimes does not react after unfolding",
)

NOTES = {
    1: PutNotes(
        "- 本期起，内测版本升级前会检查剩余空间，不足 4 GB 时请先清理。",
        "- From this build on, an update wants 4 GB of free space; please make room before it.",
    ),
    2: PutNotes(
        "- 从便签备份恢复过的用户，更新后请打开一次便签，内容会自动补回。\n"
        "- 已升级的机型不能降级，请先备份。",
        "- If you restored notes from a backup: open Notes once after the update, and what was"
        " missing comes back.\n- An updated phone cannot go back to an older build; make a backup"
        " first.",
    ),
    3: PutNotes(
        "- 上期更新里的「蓝牙耳机断连」已撤回，本期不包含，见上期的更正。",
        "- The Bluetooth fix of last week has been withdrawn and is not in this build; see the"
        " correction there.",
    ),
}

BUILT_EARLY = ("fuxi", 3)
"""A model and a train: its maker said what its builds hold, and one fix was not there yet."""

COMING = ("fuxi", "nuwa", "houji", "mondrian", "pipa", "zizhan")
"""Those whose build for the coming train is there. The Xiaomi 12 still waits for its own."""


def run(script: Script) -> None:
    """The build everybody begins with, three trains that left, and one in the making."""
    script.at("1 fri 17:00", lambda at: _builds(script, 0, at, release=False))
    for week in (1, 2, 3):
        _train(script, week)
    script.at("4 wed 11:00", lambda at: _builds(script, 4, at, models=COMING))
    # The team reads its notices; testers have read those of before last Friday.
    script.at("3 fri 16:30", lambda at: _read(script, at, list(script.people)))
    script.at("4 wed 18:30", lambda at: _read(script, at, ["erin", "lin", "jonas", "ada"]))
    script.at("4 tue 12:30", lambda at: _opens_replies(script, at, "alice"))


def _train(script: Script, week: int) -> None:
    train = script.weeks.trains[week]
    timetable = script.weeks.timetable
    cai = script.people["cai"]

    async def freeze(at: datetime) -> None:
        await preparing.freeze(None, train, now=at, timetable=timetable)

    async def leave(at: datetime) -> None:
        # The clock lets them go; the first one the captain still did by hand.
        await publish(cai if week == 1 else None, train, now=at, timetable=timetable)

    day_before = f"{week} thu"
    script.at(f"{day_before} 18:00", freeze)
    script.at(f"{day_before} 20:00", lambda at: _builds(script, week, at))
    script.at(
        f"{day_before} 21:00",
        lambda at: preparing.write_notes(cai, train, NOTES[week], now=at),
    )
    script.at(f"{week + 1} fri 17:00", leave)


async def _builds(
    script: Script,
    week: int,
    at: datetime,
    *,
    models: Sequence[str] = CODENAMES,
    release: bool = True,
) -> None:
    weeks = script.weeks
    # The story may be told early in the week, and nothing is built after it came in.
    built_on = min(weeks.built_on(week), at.astimezone(weeks.timetable.zone).date())
    for codename in models:
        rings = (Ring.CLOSED, Ring.DEV) if codename in DEV_MODELS else (Ring.CLOSED,)
        for ring in rings:
            form = PutBuild(
                ring=ring,
                built_on=built_on,
                release=weeks.trains[week] if release else None,
                delayed=LATE if (codename, week) == ("zizhan", 3) else None,
            )
            await _put(script, codename, weeks.version(week, dev=ring == Ring.DEV), form, at)
            if (codename, week) == BUILT_EARLY:
                listed = await _all_but(MISSED, codename, weeks.trains[week], at)
                form = structs.replace(form, proposals=listed)
                await _put(script, codename, weeks.version(week, dev=ring == Ring.DEV), form, at)


async def _put(script: Script, codename: str, version: str, form: PutBuild, at: datetime) -> None:
    cai, timetable = script.people["cai"], script.weeks.timetable
    await put_build(cai, codename, version, form, now=at, timetable=timetable)


async def _all_but(line: tuple[str, str], codename: str, train: date, at: datetime) -> list[str]:
    """What a model's build would carry by itself, less what came too late for it."""
    return [
        entry.proposal
        for entry in await draft_entries(train, cutoff=at)
        if entry.zh != line[0] and (entry.models is None or codename in entry.models)
    ]


async def _read(script: Script, at: datetime, handles: Sequence[str]) -> None:
    for handle in handles:
        await mark_all_read(script.people[handle], now=at)


async def _opens_replies(script: Script, at: datetime, handle: str) -> None:
    """The news of Friday and an open question stay to be seen."""
    found, _ = await notices_of(handle, limit=20)
    for notice in found:
        if notice.kind == NoticeKind.REPLY:
            await open_notice(script.people[handle], notice.id, now=at)

"""Everybody else in the story: two more engineers, a dozen testers, and one who advertises."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from tracker.devices.actions import add_phone
from tracker.devices.forms import MyDevice
from tracker.devices.tables import Ring
from tracker.invitations.actions import add_invitation, invite, join
from tracker.invitations.forms import Join, NewInvitation
from tracker.invitations.queries import invitations
from tracker.people.actions import add_person, choose_credit
from tracker.people.forms import Credit
from tracker.people.tables import Person, Role
from tracker.sample.script import Script

ENGINEERS = (("lin", "小林", "zh"), ("jonas", "Jonas", "en"))


class Tester(NamedTuple):
    handle: str
    name: str
    language: str
    phones: tuple[str, ...]
    ring: Ring = Ring.CLOSED
    updated: int = 3
    """The train whose build is on the phones by now."""


TESTERS = (
    Tester("alice", "爱丽丝", "zh", ("fuxi",)),
    Tester("bob", "Bob", "en", ("nuwa",), updated=2),
    Tester("lantern", "提灯人", "zh", ("fuxi",)),
    Tester("kiwi", "猕猴桃", "zh", ("houji",)),
    Tester("panda", "滚滚", "zh", ("cupid",)),
    Tester("yuzu", "柚子茶", "zh", ("cupid",), updated=2),
    Tester("teapot", "紫砂壶", "zh", ("mondrian",)),
    Tester("bamboo", "竹影", "zh", ("mondrian",)),
    Tester("noodle", "热干面", "zh", ("fuxi",), Ring.DEV),
    Tester("sparrow", "麻雀", "zh", ("zizhan",), updated=2),
    Tester("tofu", "豆腐脑", "zh", ("pipa", "houji")),
    Tester("pepper", "Pepper", "en", ("fuxi", "nuwa")),
    Tester("lychee", "荔枝", "zh", ("nuwa",)),
    Tester("comet", "Comet", "en", ("mondrian",)),
    Tester("maple", "Maple", "en", ("pipa",)),
    Tester("otter", "Otter", "en", ("houji",), Ring.DEV),
)

JOINED_BY_CODE = ("sparrow", "tofu")
ADVERTISER = Tester("luckystar", "幸运星", "zh", ("cupid",))


NAMED = {"alice": "", "lantern": "提灯的人", "kiwi": "", "panda": "", "pepper": "", "maple": ""}
"""Who lets changelogs name them, and how, where not by their display name. Bob does not."""


async def add_others(cast: dict[str, Person], *, now: datetime) -> None:
    """The others, put beside the cast, with its password. Those who join by a code come later."""
    password_hash = cast["ada"].password_hash
    for handle, name, language in ENGINEERS:
        cast[handle] = await add_person(
            handle,
            now=now - timedelta(days=80),
            role=Role.ENGINEER,
            display_name=name,
            password_hash=password_hash,
            language=language,
        )
    testers = [one for one in (*TESTERS, ADVERTISER) if one.handle not in JOINED_BY_CODE]
    for days, tester in enumerate(testers):
        if tester.handle not in cast:
            cast[tester.handle] = await add_person(
                tester.handle,
                now=now - timedelta(days=30 + 3 * days),
                role=Role.TESTER,
                display_name=tester.name,
                password_hash=password_hash,
                language=tester.language,
            )


def come_in(script: Script, *, password: str) -> None:
    """Phones at the beginning, two testers who join by a code, and the phones' builds by now."""
    codes: list[str] = []

    async def invite_them(at: datetime) -> None:
        form = NewInvitation(Role.TESTER, uses=20, days=60, note="论坛第三批内测")
        number = await invite(script.people["cai"], form, now=at)
        made, _ = await invitations(now=at)
        codes.extend(one.code for one in made if one.id == number)

    script.at("1 fri 18:00", invite_them)
    for handle, when in zip(JOINED_BY_CODE, ("1 sat 09:12", "1 sat 09:50"), strict=True):
        _join(script, next(one for one in TESTERS if one.handle == handle), when, codes, password)
    for tester in TESTERS:
        begins = "1 sat 09:55" if tester.handle in JOINED_BY_CODE else "1 fri 18:30"
        if tester.handle in NAMED:
            _agrees(script, begins, tester.handle, NAMED[tester.handle])
        _has_phones(script, tester, begins, 0)
        _has_phones(script, tester, f"{tester.updated + 1} sat 08:30", tester.updated)


def _agrees(script: Script, when: str, handle: str, name: str) -> None:
    form = Credit(credited=True, credit_name=name)
    script.at(when, lambda at: choose_credit(script.people[handle], form))


def _join(script: Script, tester: Tester, when: str, codes: list[str], password: str) -> None:
    async def act(at: datetime) -> None:
        form = Join(tester.handle, tester.name, password)
        zone = script.weeks.timetable.zone.key
        person = await join(codes[0], form, language=tester.language, timezone=zone, now=at)
        script.people[tester.handle] = person

    script.at(when, act)


def _has_phones(script: Script, tester: Tester, when: str, train: int) -> None:
    version = script.weeks.version(train, dev=tester.ring == Ring.DEV)

    async def act(at: datetime) -> None:
        for device in tester.phones:
            form = MyDevice(device, tester.ring, version)
            await add_phone(script.people[tester.handle], form, now=at)

    script.at(when, act)


async def open_the_door(code: str, *, now: datetime) -> None:
    """A code that visitors may try; nobody has used it."""
    await add_invitation(Role.TESTER, now=now, note="给来看看的朋友", uses=1000, code=code)

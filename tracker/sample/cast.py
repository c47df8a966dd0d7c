"""The people of the sample programme. Tests use the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from tracker.language import Text
from tracker.people import passwords
from tracker.people.actions import add_person
from tracker.people.queries import person_called
from tracker.people.tables import Person, Role

PASSWORD = "orange-friday"  # noqa: S105 (printed at every start of the sample programme)
"""Everybody's, and only in the sample programme."""


class Player(NamedTuple):
    handle: str
    display_name: str
    role: Role
    language: str
    part: Text
    """What they do in the story."""


CAST = (
    Player(
        "alice",
        "爱丽丝",
        Role.TESTER,
        "zh",
        Text("内测用户，用小米 13", "a tester, on a Xiaomi 13"),
    ),
    Player(
        "bob",
        "Bob",
        Role.TESTER,
        "en",
        Text("内测用户，用小米 13 Pro", "a tester, on a Xiaomi 13 Pro"),
    ),
    Player(
        "charlie",
        "查理",
        Role.FAN,
        "zh",
        Text("米粉，在内测之外", "a fan, outside the closed beta"),
    ),
    Player("erin", "Erin", Role.ENGINEER, "en", Text("工程师", "an engineer")),
    Player(
        "cai", "小蔡", Role.CAPTAIN, "zh", Text("发布负责人", "the captain of the Friday release")
    ),
    Player("ada", "Ada", Role.ADMIN, "en", Text("管理员", "the admin")),
)


async def add_cast(now: datetime) -> dict[str, Person]:
    """All of them, by handle; here for three months already."""
    password_hash = await passwords.hash_password(PASSWORD)
    return {
        player.handle: await add_person(
            player.handle,
            now=now - timedelta(days=90),
            role=player.role,
            display_name=player.display_name,
            password_hash=password_hash,
            language=player.language,
        )
        for player in CAST
    }


async def cast_signs_in() -> bool:
    """Whether the first of the cast is here, with the password that everybody knows."""
    person = await person_called(CAST[0].handle)
    return person is not None and await passwords.is_right(person.password_hash, PASSWORD)

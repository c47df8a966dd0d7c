"""Reads about people."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

import msgspec

from tracker import database
from tracker.people.handles import normal
from tracker.people.tables import Person


async def person_called(handle: str) -> Person | None:
    """The person of this handle, whatever the case of its letters."""
    return await Person.objects().where(Person.handle == normal(handle)).first()


async def numbered(handle: str) -> int:
    """The number of the person of this handle; 0, which is nobody's, where there is none."""
    person = await person_called(handle)
    return int(person.id) if person else 0


async def everybody() -> list[Person]:
    """By handle, those who may no longer sign in included."""
    return await Person.objects().order_by(Person.handle)


class KnownToken(msgspec.Struct, frozen=True):
    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


async def tokens_of(person: Person) -> list[KnownToken]:
    """The tokens that still work, newest first."""
    found = await database.fetch(
        "SELECT id, name, created_at, last_used_at FROM tokens"
        " WHERE person = $1 AND revoked_at IS NULL ORDER BY id DESC",
        person.id,
    )
    return [KnownToken(**row) for row in found]


@cache
def zones() -> frozenset[str]:
    """Every time zone that a person may have. Reads the zone files once, some 10 ms."""
    return frozenset(available_timezones())


def suggested_zones(own: str) -> list[str]:
    """The zones to choose from, with one's own among them whatever it is."""
    return _places() if own in _places() else [own, *_places()]


@cache
def _places() -> list[str]:
    """By name, without the synonyms of times gone by."""
    continents = {
        *("Africa", "America", "Antarctica", "Arctic", "Asia"),
        *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
    }
    return sorted(zone for zone in zones() if zone.partition("/")[0] in continents)

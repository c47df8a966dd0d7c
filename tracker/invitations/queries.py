"""Reading invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from tracker import database
from tracker.language import Text
from tracker.people.tables import Person, Role

Standing = Literal["open", "withdrawn", "expired", "used_up"]

PAGE = 50


class KnownInvitation(msgspec.Struct, frozen=True):
    """An invitation with everything that is said about it."""

    id: int
    code: str
    role: Role
    codenames: list[str] | None
    """Null: good for any model."""
    models: list[Text]
    """The names of those models, as far as we know them."""
    given_by: str | None
    """A display name; null: the team, from the command line."""
    note: str
    uses: int
    used: int
    expires_at: datetime | None
    standing: Standing
    joined: list[str]
    """Display names of those who came in by it, in their order."""


_COLUMNS = (
    "SELECT i.*, p.display_name AS giver,"
    " ARRAY(SELECT j.display_name FROM joinings o JOIN people j ON j.id = o.person"
    "  WHERE o.invitation = i.id ORDER BY o.id LIMIT 20) AS joined,"
    " ARRAY(SELECT coalesce(d.name_zh, c.name) || chr(10) || coalesce(d.name_en, c.name)"
    "  FROM unnest(i.codenames) WITH ORDINALITY AS c (name, place)"
    "  LEFT JOIN device_models d ON d.codename = c.name ORDER BY c.place) AS models"
    " FROM invitations i LEFT JOIN people p ON p.id = i.given_by"
)


async def invitation_of(code: str, *, now: datetime) -> KnownInvitation | None:
    """The invitation of a code, however it was typed, whether or not it can still be used."""
    row = await database.fetch_row(f"{_COLUMNS} WHERE i.code = $1", normal(code))
    return _known(row, now) if row else None


async def invitations(
    *, now: datetime, before: int | None = None
) -> tuple[list[KnownInvitation], int | None]:
    """A page of them, the newest first, and what `before` is for the next page."""
    found = await database.fetch(
        f"{_COLUMNS} WHERE $1::integer IS NULL OR i.id < $1 ORDER BY i.id DESC LIMIT $2",
        before,
        PAGE + 1,
    )
    shown = [_known(row, now) for row in found[:PAGE]]
    return shown, shown[-1].id if len(found) > PAGE else None


def normal(code: str) -> str:
    return code.strip().upper()


def standing(row: Any, now: datetime) -> Standing:
    """What can be said of the columns of an invitation."""
    if row["revoked_at"] is not None:
        return "withdrawn"
    if row["used"] >= row["uses"]:
        return "used_up"
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return "expired"
    return "open"


def gains(person: Person, role: Role, codenames: list[str] | None) -> bool:
    """Whether an invitation would give this person anything they do not have."""
    ranks = list(Role)
    if ranks.index(role) != ranks.index(Role(person.role)):
        return ranks.index(role) > ranks.index(Role(person.role))
    if person.codenames is None:
        return False
    return codenames is None or not set(codenames) <= set(person.codenames)


def _known(row: Any, now: datetime) -> KnownInvitation:
    return KnownInvitation(
        id=row["id"],
        code=row["code"],
        role=Role(row["role"]),
        codenames=row["codenames"],
        models=[Text(*names.split("\n", 1)) for names in row["models"]],
        given_by=row["giver"],
        note=row["note"],
        uses=row["uses"],
        used=row["used"],
        expires_at=row["expires_at"],
        standing=standing(row, now),
        joined=row["joined"],
    )

"""Browsers that are signed in."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker import database
from tracker.people.secrets import hash_of, new_secret
from tracker.people.tables import Person

LIFE = timedelta(days=30)
"""How long a browser stays signed in after it was last seen."""
RENEW_BEFORE = LIFE - timedelta(days=1)
"""Renewed at most once a day, so that reading a page is not a write."""


async def open_session(
    person: Person, *, now: datetime, user_agent: str = "", instead_of: str = ""
) -> str:
    """A new session; returns the secret for its cookie, which nobody can have known before.

    `instead_of` is the secret the browser came with: that session ends here, whoever's it was.
    """
    secret = new_secret()
    async with database.transaction():
        if instead_of:
            await close_session(instead_of)
        await database.execute(
            "DELETE FROM sessions WHERE person = $1 AND expires_at <= $2", person.id, now
        )
        await database.execute(
            "INSERT INTO sessions (person, secret_hash, created_at, expires_at, user_agent)"
            " VALUES ($1, $2, $3, $4, $5)",
            person.id,
            hash_of(secret),
            now,
            now + LIFE,
            user_agent[:200],
        )
    return secret


async def renew_session(session: int, *, now: datetime) -> None:
    await database.execute("UPDATE sessions SET expires_at = $2 WHERE id = $1", session, now + LIFE)


async def close_session(secret: str) -> None:
    await database.execute("DELETE FROM sessions WHERE secret_hash = $1", hash_of(secret))


async def close_other_sessions(person: Person, *, but: int | None) -> None:
    """Sign this person out everywhere except in one session."""
    await database.execute(
        "DELETE FROM sessions WHERE person = $1 AND id IS DISTINCT FROM $2", person.id, but
    )

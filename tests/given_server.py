"""Prints the address of a PostgreSQL server on this machine that tests may use, or nothing.

TRACKER_TEST_DATABASE_URL if it is set; else 127.0.0.1:5432, as whoever this is or as `postgres`,
if it lets them in without a password and make databases.
"""

from __future__ import annotations

import asyncio
import getpass
import os

import asyncpg

from tracker.database import OLDEST_SERVER


async def find() -> str | None:
    given = os.environ.get("TRACKER_TEST_DATABASE_URL")
    candidates = (
        [given]
        if given
        else [
            f"postgresql://{user}@127.0.0.1:5432/postgres"
            for user in (getpass.getuser(), "postgres")
        ]
    )
    for url in candidates:
        try:
            connection = await asyncpg.connect(url, timeout=5)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            continue
        allowed = await connection.fetchval(
            "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        version = connection.get_server_version()
        await connection.close()
        if allowed and version.major >= OLDEST_SERVER:
            return url
    return None


if __name__ == "__main__":
    print(asyncio.run(find()) or "")

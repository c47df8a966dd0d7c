"""Registering the repositories whose commits count."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime

from tracker import database
from tracker.devices.queries import find_model
from tracker.errors import Conflict, Invalid, NotFound
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.repositories.access import require_can_keep_repositories
from tracker.repositories.forms import AddRepository
from tracker.repositories.tables import HostKind

MOST = 500


async def add_repository(captain: Person, form: AddRepository, *, now: datetime) -> tuple[int, str]:
    """Its number and its secret, which nothing shows again."""
    require_can_keep_repositories(captain)
    codenames = await _codenames(form.models)
    if form.secret and form.host == HostKind.GERRIT:
        raise Invalid({"secret": Text("Gerrit 的密钥由我们生成", "For Gerrit, we make the secret")})
    secret = form.secret or new_secret(form.host)
    async with database.transaction():
        # Of two requests at once, the second sees what the first has done.
        await database.execute("SELECT pg_advisory_xact_lock(hashtext('repositories'))")
        count = await database.fetch_row(
            "SELECT count(*) AS n FROM repositories WHERE removed_at IS NULL"
        )
        assert count is not None
        if count["n"] >= MOST:
            raise Conflict(
                Text(
                    f"最多 {MOST} 个仓库，请先移除一个",
                    f"There are {MOST} repositories already: remove one first",
                )
            )
        row = await database.fetch_row(
            "INSERT INTO repositories (host, name, branch, codenames, secret, added_by, added_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            form.host,
            form.name,
            form.branch.removeprefix("refs/heads/"),
            codenames,
            secret,
            captain.id,
            now,
        )
        assert row is not None
        data = {"repository": row["id"], "name": form.name, "host": form.host}
        await record(captain, "repository.added", now=now, internal=True, data=data)
    return int(row["id"]), secret


async def _codenames(typed: str) -> list[str] | None:
    names = [name for name in re.split(r"[,，、;；\n]+", typed) if name.strip()]
    found: list[str] = []
    for name in names:
        model = await find_model(name.strip())
        if model is None:
            raise Invalid(
                {
                    "models": Text(
                        f"没有「{name.strip()}」这个机型",
                        f"There is no device model “{name.strip()}”",
                    )
                }
            )
        found.append(model.codename)
    return list(dict.fromkeys(found)) or None


def new_secret(host: HostKind) -> str:
    """256 bits: in the form that GitLab has for signing, for an address where there is no other
    way."""
    if host == HostKind.GERRIT:
        return secrets.token_urlsafe(32)
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


async def renew_secret(captain: Person, number: int, *, now: datetime) -> str:
    """A new secret instead of one that others may have seen; the old one opens nothing more."""
    require_can_keep_repositories(captain)
    async with database.transaction():
        row = await database.fetch_row(
            "SELECT host, name FROM repositories WHERE id = $1 AND removed_at IS NULL FOR UPDATE",
            number,
        )
        if row is None:
            raise NotFound
        secret = new_secret(HostKind(row["host"]))
        await database.execute("UPDATE repositories SET secret = $2 WHERE id = $1", number, secret)
        data = {"repository": number, "name": row["name"]}
        await record(captain, "repository.renewed", now=now, internal=True, data=data)
    return secret


async def remove_repository(captain: Person, number: int, *, now: datetime) -> None:
    """Nothing is taken from it any more. What its commits did stays done."""
    require_can_keep_repositories(captain)
    async with database.transaction():
        row = await database.fetch_row(
            "UPDATE repositories SET removed_at = $2, secret = ''"
            " WHERE id = $1 AND removed_at IS NULL RETURNING name",
            number,
            now,
        )
        if row is None:
            raise NotFound
        data = {"repository": number, "name": row["name"]}
        await record(captain, "repository.removed", now=now, internal=True, data=data)

"""Modules that rows name, by slug or by either of their names."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from tracker import database
from tracker.importing.refusals import Refused, WrongUse
from tracker.reports.owning import responsible

_LONGEST_SLUG, _LONGEST_NAME = 60, 120


class Known(msgspec.Struct, frozen=True):
    """`owner`: who is responsible for its reports."""

    id: int
    owner: int | None


class Modules:
    """All modules, in memory. With `create`, those that are missing are made, with no owner."""

    def __init__(self, *, create: bool) -> None:
        self._create = create
        self._known: dict[str, Known] = {}

    async def load(self, constants: Mapping[str, str]) -> None:
        """Raises WrongUse for a constant module that there is not."""
        rows = await database.fetch(
            f"SELECT id, slug, name_zh, name_en, {responsible('m.owner')} AS owner FROM modules m"
        )
        # A slug has the last word over a name.
        for column in ("name_en", "name_zh", "slug"):
            self._known |= {row[column].casefold(): Known(row["id"], row["owner"]) for row in rows}
        named = constants.get("module")
        if named and not self._create and named.casefold() not in self._known:
            raise WrongUse(
                f"--set module: there is no module “{named}”: add --create-modules to have it made"
            )

    async def find(self, name: str) -> Known:
        """Raises Refused."""
        known = self._known.get(name.casefold())
        if known is not None:
            return known
        if not self._create:
            raise Refused(f"there is no module “{name[:60]}”: add --create-modules to have it made")
        return await self._make(name)

    async def _make(self, name: str) -> Known:
        if len(name) > _LONGEST_NAME:
            raise Refused(f"a module's name of more than {_LONGEST_NAME} characters")
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold())[:_LONGEST_SLUG].strip("-")
        row = await database.fetch_row(
            "WITH last AS (SELECT coalesce(max(position), 0) + 1 AS place FROM modules)"
            " INSERT INTO modules (slug, name_zh, name_en, position)"
            " SELECT CASE WHEN $1 = '' OR EXISTS (SELECT 1 FROM modules WHERE slug = $1)"
            "  THEN 'module-' || place ELSE $1 END, $2, $2, place FROM last"
            f" RETURNING id, slug, {responsible('modules.owner')} AS owner",
            slug,
            name,
        )
        assert row is not None
        made = Known(row["id"], row["owner"])
        self._known[name.casefold()] = self._known[row["slug"]] = made
        return made

"""Device models from a file: codename, names, aliases."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.history.actions import record_imported
from tracker.importing.mapping import Field, Item
from tracker.importing.refusals import Refused, WrongUse
from tracker.importing.running import Refuse

_CODENAME = re.compile(r"[\w][\w.+-]{0,59}")
LONGEST_NAME = 120

NAMES = (
    Field("name", "its market name, for both languages"),
    Field("name_zh", "its name in Chinese"),
    Field("name_en", "its name in English"),
)


class Devices:
    """A codename that is known already stays as it is: of several rows the first one counts."""

    fields = (
        Field("codename", "how engineers call it: fuxi", required=True),
        *NAMES,
        Field("aliases", "other names of it, a list or with commas between them"),
    )

    def __init__(self, source: str, *, now: datetime) -> None:
        self._source = source
        self._now = now

    async def begin(self, constants: Mapping[str, str]) -> None:
        """Nothing is needed."""

    async def add(self, items: Sequence[Item], refuse: Refuse) -> int:
        rows = []
        for item in items:
            try:
                rows.append(model_row(item, item.get("codename")))
            except Refused as problem:
                refuse(item.line, str(problem))
        return await add_models(rows, self._source, now=self._now)

    def remarks(self) -> list[str]:
        return []


ModelRow = tuple[str, str, str, str]
"""Codename, Chinese name, English name, aliases one a line."""


def model_row(item: Item, codename: str) -> ModelRow:
    """A device model as a row of any import tells of it. Raises Refused."""
    if not _CODENAME.fullmatch(codename):
        raise Refused(f"“{codename[:60]}” is no codename: letters, digits, - and _, 60 at most")
    zh = item.get("name_zh") or item.get("name") or item.get("name_en") or codename
    en = item.get("name_en") or item.get("name") or item.get("name_zh") or codename
    if max(len(zh), len(en)) > LONGEST_NAME:
        raise Refused(f"a name of more than {LONGEST_NAME} characters")
    aliases = item.lists.get("aliases") or re.split(r"[,，、;；|]", item.get("aliases"))
    named = dict.fromkeys(" ".join(alias.split()) for alias in aliases)
    return codename, zh, en, "\n".join(alias for alias in named if alias)


async def add_models(rows: Sequence[ModelRow], source: str, *, now: datetime) -> int:
    """Add those whose codename is new, in their order; returns how many. Two statements in one."""
    first = {row[0]: row for row in reversed(rows)}
    known = await database.fetch(
        "SELECT codename FROM device_models WHERE codename = ANY ($1::text[])", list(first)
    )
    for row in known:
        del first[row["codename"]]
    fresh = list(reversed(first.values()))
    if not fresh:
        return 0
    codenames, zh, en, aliases = zip(*fresh, strict=True)
    return await record_imported(
        QueryString(
            "INSERT INTO device_models (codename, name_zh, name_en, aliases, source)"
            " SELECT codename, zh, en, coalesce(string_to_array(nullif(aliases, ''), chr(10)),"
            " ARRAY[]::text[]), {}::text FROM"
            " unnest({}::text[], {}::text[], {}::text[], {}::text[])"
            " WITH ORDINALITY AS r (codename, zh, en, aliases, place) ORDER BY place"
            " ON CONFLICT (codename) DO NOTHING"
            " RETURNING 'device.imported' AS kind, NULL::bigint AS report, NULL::bigint AS build,"
            " jsonb_build_object('device', codename, 'source', source) AS data",
            source,
            list(codenames),
            list(zh),
            list(en),
            list(aliases),
        ),
        now=now,
        internal=True,
    )


class Catalogue:
    """The device models by codename and alias, whatever the case, all of them in memory."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._exact: dict[str, int] = {}

    async def load(self, constants: Mapping[str, str]) -> None:
        """Raises WrongUse for a constant device that there is not."""
        await self.renew()
        named = constants.get("device")
        if named and self.find(named) is None:
            raise WrongUse(f"--set device: there is no device model “{named}”")

    async def renew(self) -> None:
        rows = await database.fetch(
            "SELECT id, codename, aliases FROM device_models ORDER BY id DESC"
        )
        # The oldest has the last word, and a codename has it over an alias.
        for row in rows:
            self._ids |= {alias.casefold(): row["id"] for alias in row["aliases"]}
        for row in rows:
            self._ids[row["codename"].casefold()] = row["id"]
            self._exact[row["codename"]] = row["id"]

    def find(self, name: str) -> int | None:
        return self._exact.get(name) or self._ids.get(name.casefold())

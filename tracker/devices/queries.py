"""Models, modules, builds in their order, and people's phones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import msgspec
from asyncpg import Record

from tracker import database
from tracker.devices.forms import BuildOut, DeviceOut, ModuleOut, Withdrawal, Words
from tracker.devices.tables import Build, DeviceModel, Module, Ring
from tracker.devices.words import RINGS
from tracker.errors import Invalid, NotFound
from tracker.language import Text
from tracker.people.access import of_the_team
from tracker.people.tables import Person
from tracker.web.pagination import decode_cursor, encode_cursor


async def models() -> list[DeviceOut]:
    """All device models, by English name."""
    found = await database.fetch(
        "SELECT codename, name_zh, name_en, aliases FROM device_models ORDER BY name_en, codename"
    )
    return [
        DeviceOut(row["codename"], Words(row["name_zh"], row["name_en"]), list(row["aliases"]))
        for row in found
    ]


async def modules() -> list[ModuleOut]:
    """All modules, in the order in which changelogs show them. An owner who has left the team is
    none."""
    found = await database.fetch(
        "SELECT m.slug, m.name_zh, m.name_en, p.handle FROM modules m"
        f" LEFT JOIN people p ON p.id = m.owner AND {of_the_team('p')} ORDER BY m.position, m.slug"
    )
    return [
        ModuleOut(row["slug"], Words(row["name_zh"], row["name_en"]), row["handle"])
        for row in found
    ]


async def names_of(codenames: Collection[str]) -> dict[str, Text]:
    """What these models are called."""
    found = await database.fetch(
        "SELECT codename, name_zh, name_en FROM device_models WHERE codename = ANY ($1)",
        list(codenames),
    )
    return {row["codename"]: Text(row["name_zh"], row["name_en"]) for row in found}


async def find_model(name: str) -> DeviceModel | None:
    """A model by its codename, else by an alias, whatever the case of the letters."""
    row = await database.fetch_row(
        "SELECT * FROM device_models WHERE codename = $1", name
    ) or await database.fetch_row(
        "SELECT * FROM device_models WHERE lower(codename) = lower($1)"
        " OR lower($1) = ANY (SELECT lower(alias) FROM unnest(aliases) alias) ORDER BY id LIMIT 1",
        name,
    )
    return DeviceModel(_exists_in_db=True, **dict(row)) if row else None


async def require_model(name: str, *, field: str = "device") -> DeviceModel:
    """The model, or `Invalid` that names the field it was given in."""
    model = await find_model(name)
    if model is None:
        raise Invalid(
            {field: Text(f"没有「{name}」这个机型", f"There is no device model “{name}”")}
        )
    return model


async def model_page(codename: str) -> DeviceModel:
    """The model of an address, or NotFound."""
    model = await find_model(codename)
    if model is None:
        raise NotFound
    return model


async def require_module(slug: str, *, field: str = "module") -> Module:
    row = await database.fetch_row("SELECT * FROM modules WHERE slug = $1", slug)
    if row is None:
        raise Invalid({field: Text(f"没有「{slug}」这个模块", f"There is no module “{slug}”")})
    return Module(_exists_in_db=True, **dict(row))


async def module_page(slug: str) -> Module:
    """The module of an address, or NotFound."""
    row = await database.fetch_row("SELECT * FROM modules WHERE slug = $1", slug)
    if row is None:
        raise NotFound(Text(f"没有「{slug}」这个模块", f"There is no module “{slug}”"))
    return Module(_exists_in_db=True, **dict(row))


async def require_build(model: DeviceModel, version: str, *, field: str = "build") -> Build:
    row = await database.fetch_row(
        "SELECT * FROM builds WHERE model = $1 AND version = $2", model.id, version
    )
    if row is None:
        raise Invalid(
            {
                field: Text(
                    f"{model.name_zh} 没有「{version}」这个版本",
                    f"{model.name_en} has no build “{version}”",
                )
            }
        )
    return Build(_exists_in_db=True, **dict(row))


BUILD_COLUMNS = (
    "b.id, b.version, b.ring, b.position, b.built_on, b.published_at, b.release, b.listed,"
    " b.delayed_zh, b.delayed_en, b.withdrawn_at, b.withdrawn_zh, b.withdrawn_en,"
    " d.codename, d.name_zh, d.name_en"
)


def build_out(row: Record, proposals: list[str] | None = None) -> BuildOut:
    """A row of BUILD_COLUMNS as the API shows it."""
    late = row["delayed_zh"] or row["delayed_en"]
    return BuildOut(
        device=row["codename"],
        version=row["version"],
        ring=Ring(row["ring"]),
        position=row["position"],
        built_on=row["built_on"],
        published_at=row["published_at"],
        release=row["release"],
        delayed=Words(row["delayed_zh"], row["delayed_en"]) if late else None,
        proposals=proposals,
        withdrawn=withdrawal_of(row),
    )


def withdrawal_of(row: Record) -> Withdrawal | None:
    if row["withdrawn_at"] is None:
        return None
    return Withdrawal(row["withdrawn_at"], Words(row["withdrawn_zh"], row["withdrawn_en"]))


async def builds_of_model(model: int, *, published_only: bool = False) -> list[Record]:
    """Newest first within each ring, rings from the few to the many."""
    return await database.fetch(
        f"SELECT {BUILD_COLUMNS} FROM builds b JOIN device_models d ON d.id = b.model"
        " WHERE b.model = $1 AND (NOT $2 OR b.published_at IS NOT NULL)"
        " ORDER BY array_position(ARRAY['closed','dev','stable'], b.ring::text), b.position DESC",
        model,
        published_only,
    )


async def builds_of_release(day: date) -> list[Record]:
    return await database.fetch(
        f"SELECT {BUILD_COLUMNS}, b.model FROM builds b JOIN device_models d ON d.id = b.model"
        " WHERE b.release = $1 ORDER BY d.name_en, b.ring, b.position",
        day,
    )


class Phone(msgspec.Struct, frozen=True):
    """One of a person's phones, as pages and forms need it."""

    id: int
    codename: str
    name: Text
    ring: Ring
    version: str | None

    @property
    def label(self) -> Text:
        """「小米 13 · 27.1.8 · 内测」"""
        ring = RINGS[self.ring]
        return Text(
            " · ".join(filter(None, (self.name.zh, self.version, ring.zh))),
            " · ".join(filter(None, (self.name.en, self.version, ring.en))),
        )


async def phones_of(person: Person) -> list[Phone]:
    """In the order in which they were added: the first is the one forms suggest."""
    found = await database.fetch(
        "SELECT pd.id, d.codename, d.name_zh, d.name_en, pd.ring, b.version"
        " FROM person_devices pd JOIN device_models d ON d.id = pd.model"
        " LEFT JOIN builds b ON b.id = pd.build WHERE pd.person = $1 ORDER BY pd.id",
        person.id,
    )
    return [
        Phone(
            row["id"],
            row["codename"],
            Text(row["name_zh"], row["name_en"]),
            Ring(row["ring"]),
            row["version"],
        )
        for row in found
    ]


async def models_like(typed: str, *, limit: int) -> list[DeviceOut]:
    """Models whose codename, name or alias holds what was typed, whatever case and spaces.

    Those that are called exactly so come first, and where there are any, alone.
    """
    rows = await database.fetch(
        "SELECT codename, name_zh, name_en, aliases, exact FROM ("
        " SELECT d.*, $1 = ANY (names) AS exact FROM ("
        "  SELECT device_models.*, ARRAY(SELECT replace(lower(name), ' ', '')"
        "   FROM unnest(ARRAY[codename, name_zh, name_en]::text[] || aliases::text[]) name) AS names"
        "  FROM device_models) d"
        " WHERE EXISTS (SELECT 1 FROM unnest(names) name WHERE strpos(name, $1) > 0)) found"
        " ORDER BY exact DESC, name_en, codename LIMIT $2",
        typed.lower().replace(" ", ""),
        limit,
    )
    if rows and rows[0]["exact"]:
        rows = [row for row in rows if row["exact"]]
    return [
        DeviceOut(row["codename"], Words(row["name_zh"], row["name_en"]), list(row["aliases"]))
        for row in rows
    ]


class Board(msgspec.Struct, frozen=True):
    """A model as a row of the list of boards, with the last build that went out for it."""

    codename: str
    name: Text
    version: str | None
    published_at: datetime | None


async def list_boards(typed: str, *, limit: int, after: str = "") -> tuple[list[Board], str | None]:
    """By English name; `typed` narrows as in `models_like`. One query, whatever the page."""
    name, codename = decode_cursor(after, str, str) if after else ("", "")
    rows = await database.fetch(
        "SELECT d.codename, d.name_zh, d.name_en, b.version, b.published_at FROM device_models d"
        " LEFT JOIN LATERAL (SELECT version, published_at FROM builds"
        "  WHERE model = d.id AND published_at IS NOT NULL AND withdrawn_at IS NULL"
        "  ORDER BY published_at DESC, position DESC LIMIT 1) b ON true"
        " WHERE (d.name_en, d.codename) > ($1, $2) AND ($3 = '' OR EXISTS (SELECT 1"
        "  FROM unnest(ARRAY[codename, name_zh, name_en]::text[] || aliases::text[]) name"
        "  WHERE strpos(replace(lower(name), ' ', ''), $3) > 0))"
        " ORDER BY d.name_en, d.codename LIMIT $4",
        name,
        codename,
        typed.lower().replace(" ", ""),
        limit + 1,
    )
    boards = [
        Board(
            row["codename"],
            Text(row["name_zh"], row["name_en"]),
            row["version"],
            row["published_at"],
        )
        for row in rows[:limit]
    ]
    if len(rows) <= limit:
        return boards, None
    return boards, encode_cursor(rows[limit - 1]["name_en"], boards[-1].codename)


class Choice(msgspec.Struct, frozen=True):
    """A build as a choice for a phone."""

    version: str
    ring: Ring


async def choices_for(person: Person) -> dict[str, list[Choice]]:
    """For each model of this person's phones the builds it can be on, newest first: the last 20
    of each ring that are out and not withdrawn, and the one it is on now."""
    rows = await database.fetch(
        "SELECT codename, version, ring FROM ("
        " SELECT d.codename, b.version, b.ring, b.position, pd.build = b.id AS mine,"
        "  row_number() OVER (PARTITION BY b.model, b.ring ORDER BY b.position DESC) AS place"
        " FROM person_devices pd JOIN device_models d ON d.id = pd.model"
        " JOIN builds b ON b.model = pd.model AND (b.id = pd.build"
        "  OR b.published_at IS NOT NULL AND b.withdrawn_at IS NULL)"
        " WHERE pd.person = $1) choices WHERE place <= 20 OR mine"
        " ORDER BY codename, array_position(ARRAY['closed','dev','stable'], ring::text),"
        " position DESC",
        person.id,
    )
    found: dict[str, list[Choice]] = {}
    for row in rows:
        found.setdefault(row["codename"], []).append(Choice(row["version"], Ring(row["ring"])))
    return found

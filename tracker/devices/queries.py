"""Models, modules, builds in their order, and people's phones."""

from __future__ import annotations

from datetime import date

import msgspec
from asyncpg import Record

from tracker import database
from tracker.devices.forms import BuildOut, DeviceOut, ModuleOut, Words
from tracker.devices.tables import Build, DeviceModel, Module, Ring
from tracker.errors import Invalid, NotFound
from tracker.language import Text
from tracker.people.tables import Person


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
    """All modules, in the order in which changelogs show them."""
    found = await database.fetch(
        "SELECT m.slug, m.name_zh, m.name_en, p.handle FROM modules m"
        " LEFT JOIN people p ON p.id = m.owner ORDER BY m.position, m.slug"
    )
    return [
        ModuleOut(row["slug"], Words(row["name_zh"], row["name_en"]), row["handle"])
        for row in found
    ]


async def find_model(name: str) -> DeviceModel | None:
    """A model by its codename, else by an alias, whatever the case of the letters."""
    return await DeviceModel.objects().where(DeviceModel.codename == name).first() or (
        await _model_by_alias(name)
    )


async def _model_by_alias(name: str) -> DeviceModel | None:
    row = await database.fetch_row(
        "SELECT id FROM device_models WHERE lower(codename) = lower($1)"
        " OR lower($1) = ANY (SELECT lower(alias) FROM unnest(aliases) alias) ORDER BY id LIMIT 1",
        name,
    )
    return await DeviceModel.objects().get(DeviceModel.id == row["id"]) if row else None


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
    module = await Module.objects().where(Module.slug == slug).first()
    if module is None:
        raise Invalid({field: Text(f"没有「{slug}」这个模块", f"There is no module “{slug}”")})
    return module


async def require_build(model: DeviceModel, version: str, *, field: str = "build") -> Build:
    build = (
        await Build.objects().where((Build.model == model.id) & (Build.version == version)).first()
    )
    if build is None:
        raise Invalid(
            {
                field: Text(
                    f"{model.name_zh} 没有「{version}」这个版本",
                    f"{model.name_en} has no build “{version}”",
                )
            }
        )
    return build


BUILD_COLUMNS = (
    "b.id, b.version, b.ring, b.position, b.built_on, b.published_at, b.release, b.listed,"
    " b.delayed_zh, b.delayed_en, d.codename, d.name_zh, d.name_en"
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
    )


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

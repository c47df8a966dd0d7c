"""Filing a report: where testers wait for an answer, and so one statement where all is well."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker import database
from tracker.devices import queries as devices
from tracker.devices.access import is_invited_for, require_invited_for
from tracker.devices.tables import Build, DeviceModel, Ring
from tracker.history.actions import recorded_each
from tracker.people.tables import Person
from tracker.reports import access, search
from tracker.reports.forms import FileReport
from tracker.reports.owning import responsible
from tracker.reports.queries import SELECT_FULL, Full, full_of
from tracker.reports.tables import Severity


async def phone_of(
    person: Person, device: str, version: str | None
) -> tuple[DeviceModel, Build | None, Ring]:
    """The model, build and ring of a report: the build's ring, else that of their own phone."""
    model = await devices.require_model(device)
    require_invited_for(person, model.codename)
    if version:
        build = await devices.require_build(model, version)
        return model, build, Ring(build.ring)
    row = await database.fetch_row(
        "SELECT ring FROM person_devices WHERE person = $1 AND model = $2", person.id, model.id
    )
    return model, None, Ring(row["ring"]) if row else Ring.CLOSED


async def file_report(person: Person, form: FileReport, *, now: datetime) -> Full:
    """File a report. Somebody is responsible for it from the start: `owning` says who.

    Security reports are private whatever the form says: they are not for everybody's eyes.
    """
    access.require_can_file(person)
    report = await _write(person, form, now=now) if is_invited_for(person, form.device) else None
    if report is None:
        report = await _write(person, await _spelt_out(person, form), now=now)
    assert report is not None
    return report


async def _spelt_out(person: Person, form: FileReport) -> FileReport:
    """The form with the model's codename where an alias was given. Raises Invalid, with the field,
    for what is not there or not theirs."""
    model, _, _ = await phone_of(person, form.device, form.build)
    await devices.require_module(form.module)
    return msgspec.structs.replace(form, device=model.codename)


_RECORDED = recorded_each(
    "SELECT filed_at AS at, reporter AS actor, 'report.filed' AS kind, id AS report,"
    " jsonb_build_object('severity', severity) AS data FROM reports"
)
# Looks up the names, writes report and event, and reads the report: what follows the WITH takes
# for `reports` the row that was written, and for `events` its event. The ring is found as in `phone_of`.
_FILE = f"""
WITH reports AS (
    INSERT INTO reports (reporter, model, ring, build, module, owner, kind, severity, frequency,
        title, body, private, status, standing, affected, filed_at, updated_at, waiting_since,
        closed_reason, closed_text, closing_reason, closing_text, source, external_id, search)
    SELECT $1, d.id, coalesce(b.ring, own.ring, 'closed'), b.id, m.id, {responsible("m.owner")}, $5, $6, $7,
        $8, $9, $10, 'new', 'new', 0, $11::timestamptz, $11, $11,
        '', '', '', '', '', '', array_to_tsvector($12::text[])
    FROM device_models d JOIN modules m ON m.slug = $4
        LEFT JOIN builds b ON b.model = d.id AND b.version = $3::text
        LEFT JOIN person_devices own ON own.model = d.id AND own.person = $1
    WHERE d.codename = $2 AND (b.id IS NOT NULL OR $3 IS NULL)
    RETURNING *
), events AS ({_RECORDED} RETURNING id, report)
{SELECT_FULL}"""


async def _write(person: Person, form: FileReport, *, now: datetime) -> Full | None:
    """None, and nothing is written, where the codename, the build or the module is not there."""
    row = await database.fetch_row(
        _FILE,
        person.id,
        form.device,
        form.build or None,
        form.module,
        form.kind,
        form.severity,
        form.frequency,
        form.title,
        form.body,
        form.private or form.severity == Severity.SECURITY,
        now,
        search.document_tokens(form.title, form.body),
    )
    return full_of(row) if row else None

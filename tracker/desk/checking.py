"""What a rule would have done: the same matching as when it routes, over what was filed before."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from tracker import database
from tracker.desk.access import require_at_desk
from tracker.desk.matching import DECIDED, FILED, RULES, holds
from tracker.desk.rule_forms import CheckOut, CheckRule, Match
from tracker.desk.rule_queries import no_such_rule
from tracker.desk.rule_reading import Meant, meant
from tracker.people.access import of_the_team
from tracker.people.tables import Person
from tracker.reports.tables import Severity

SAMPLE = 10

# The rule in question among the others, switched on, and the reports for which it holds. Those of
# the period are found by the index of what was last changed, which is never before it was filed.
_CHECK = f"""
WITH tried AS MATERIALIZED (
    SELECT $1::text AS name, $2::float8 AS position, $3::integer AS module, $4::integer AS model,
        $5::text[] AS severities, $6::tsquery AS query, owner.id AS owner, owner.handle,
        owner.display_name AS owner_name, $7::text[] AS labels, reply.name AS reply
    FROM (SELECT) one LEFT JOIN people owner ON owner.id = $8 AND {of_the_team("owner")}
    LEFT JOIN saved_replies reply ON reply.id = $9
), rules AS MATERIALIZED (
    {RULES} AND rule.name <> $1 AND rule.position < $2 UNION ALL SELECT * FROM tried
), filed AS MATERIALIZED (
    SELECT {FILED} FROM reports, tried rule WHERE reports.updated_at > $10
        AND reports.filed_at > $10 AND reports.source = '' AND {holds("reports")}
), {DECIDED}, added AS (
    SELECT id, label FROM tags WHERE name = $1 AND label <> ALL (labels_now)
)
SELECT (SELECT count(*) FROM reports WHERE updated_at > $10 AND filed_at > $10 AND source = '')
    AS filed,
    (SELECT count(*) FROM filed) AS matches,
    (SELECT count(*) FROM owners WHERE name = $1 AND owner_now IS DISTINCT FROM owner)
        AS owners_changed,
    (SELECT count(*) FROM owners WHERE name <> $1 AND $8::integer IS NOT NULL) AS owners_elsewhere,
    (SELECT count(*) FROM replies WHERE name = $1) AS replies_suggested,
    (SELECT coalesce(jsonb_object_agg(label, n), '{{}}') FROM
        (SELECT label, count(*) AS n FROM added GROUP BY label) counted)::text AS labels_added,
    (SELECT coalesce(jsonb_agg(shown ORDER BY shown.id DESC), '[]') FROM (
        SELECT r.id, r.title, m.slug AS module, d.codename AS device, r.severity, r.filed_at,
            p.handle AS owner,
            (SELECT handle FROM owners WHERE owners.id = r.id AND name = $1) AS new_owner,
            ARRAY(SELECT label FROM added WHERE added.id = r.id ORDER BY label) AS labels
        FROM (SELECT id FROM filed ORDER BY id DESC LIMIT {SAMPLE}) latest
        JOIN reports r USING (id) JOIN modules m ON m.id = r.module
        JOIN device_models d ON d.id = r.model LEFT JOIN people p ON p.id = r.owner) shown)::text
    AS sample
"""


class _Sample(msgspec.Struct, frozen=True):
    id: int
    title: str
    module: str
    device: str
    severity: Severity
    filed_at: datetime
    owner: str | None
    new_owner: str | None
    labels: list[str]


async def check_saved(
    person: Person, name: str, *, days: int, base_url: str, now: datetime
) -> CheckOut:
    """What the rule of this name would have done in the last `days`."""
    require_at_desk(person)
    row = await database.fetch_row(
        "SELECT words, query::text AS query, module, model, severities, owner, labels, reply,"
        " position FROM routing_rules WHERE name = $1",
        name,
    )
    if row is None:
        raise no_such_rule(name)
    values = dict(row)
    place = float(values.pop("position"))
    return await _check(Meant(**values), name, place, days=days, base_url=base_url, now=now)


async def check_rule(person: Person, form: CheckRule, *, base_url: str, now: datetime) -> CheckOut:
    """The same for a rule that is not saved. Nothing is changed."""
    require_at_desk(person)
    columns = await meant(form)
    # No rule has the empty name.
    name = form.name or ""
    place = await _place(name, form.position)
    return await _check(columns, name, place, days=form.days, base_url=base_url, now=now)


async def _place(name: str, position: int | None) -> float:
    """Where the rule would stand among the others as they are numbered now: behind the one that has
    its place where it comes from above, else before it."""
    row = await database.fetch_row("SELECT position FROM routing_rules WHERE name = $1", name)
    was = row["position"] if row else float("inf")
    if position is None or position == was:
        return float(was)
    return position - 0.5 if position < was else position + 0.5


async def _check(
    rule: Meant, name: str, place: float, *, days: int, base_url: str, now: datetime
) -> CheckOut:
    since = now - timedelta(days=days)
    row = await database.fetch_row(
        _CHECK,
        name,
        place,
        rule.module,
        rule.model,
        rule.severities,
        rule.query,
        rule.labels,
        rule.owner,
        rule.reply,
        since,
    )
    assert row is not None
    return CheckOut(
        since=since,
        days=days,
        filed=row["filed"],
        matches=row["matches"],
        owners_changed=row["owners_changed"],
        owners_elsewhere=row["owners_elsewhere"],
        labels_added={
            label: msgspec.json.decode(row["labels_added"]).get(label, 0) for label in rule.labels
        },
        replies_suggested=row["replies_suggested"],
        sample=[
            Match(
                id=f"R-{one.id}",
                url=f"{base_url}/reports/R-{one.id}",
                **{name: getattr(one, name) for name in _Sample.__struct_fields__ if name != "id"},
            )
            for one in msgspec.json.decode(row["sample"], type=list[_Sample])
        ],
    )

"""Reading the routing rules."""

from __future__ import annotations

from asyncpg import Record

from tracker import database
from tracker.desk.access import require_at_desk
from tracker.desk.rule_forms import RuleOut
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.access import of_the_team
from tracker.people.tables import Person
from tracker.reports.tables import Severity

_RULES = f"""
SELECT rule.name, rule.position, rule.enabled, rule.words, m.slug AS module, d.codename AS device,
    rule.severities, owner.handle AS owner, owner.id IS NOT NULL AND NOT {of_the_team("owner")}
    AS owner_left, rule.labels, reply.name AS reply, keeper.display_name AS kept_by, rule.kept_at
FROM routing_rules rule LEFT JOIN modules m ON m.id = rule.module
LEFT JOIN device_models d ON d.id = rule.model LEFT JOIN people owner ON owner.id = rule.owner
LEFT JOIN saved_replies reply ON reply.id = rule.reply
LEFT JOIN people keeper ON keeper.id = rule.kept_by
"""


def _rule(row: Record) -> RuleOut:
    values = dict(row)
    values["severities"] = [Severity(one) for one in row["severities"]]
    return RuleOut(**values)


async def routing_rules(person: Person) -> list[RuleOut]:
    """All of them, in their order: at most `rule_keeping.MOST_RULES`."""
    require_at_desk(person)
    return [_rule(row) for row in await database.fetch(f"{_RULES} ORDER BY rule.position")]


async def get_rule(person: Person, name: str) -> RuleOut:
    require_at_desk(person)
    row = await database.fetch_row(f"{_RULES} WHERE rule.name = $1", name)
    if row is None:
        raise no_such_rule(name)
    return _rule(row)


def no_such_rule(name: str) -> NotFound:
    return NotFound(Text(f"没有「{name}」这条分派规则", f"There is no routing rule “{name}”"))


async def team(person: Person) -> list[tuple[str, str]]:
    """Handle and name of everybody whom a rule can give reports to."""
    require_at_desk(person)
    rows = await database.fetch(
        f"SELECT handle, display_name FROM people p WHERE {of_the_team('p')} ORDER BY handle"
    )
    return [(row["handle"], f"{row['display_name']} @{row['handle']}") for row in rows]

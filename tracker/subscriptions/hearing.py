"""Which subscriptions hear a notice, and when: a piece of the statement that makes notices."""

from __future__ import annotations

import msgspec

from tracker.subscriptions.defaults import ALARMS, DEFAULT_KINDS, NEWS


def _quoted(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


_DEFAULTS = f"'{msgspec.json.encode(DEFAULT_KINDS).decode()}'::jsonb"

# On the clock of whoever sleeps. Hours that go past midnight end on the next day, unless it is
# past midnight already.
_QUIET_END = """
CASE WHEN p.quiet_from IS NULL OR p.quiet_from = p.quiet_to OR {kind} IN ({alarms}) THEN {now}
    ELSE (SELECT CASE WHEN CASE WHEN p.quiet_from < p.quiet_to
                THEN local::time >= p.quiet_from AND local::time < p.quiet_to
                ELSE local::time >= p.quiet_from OR local::time < p.quiet_to END
            THEN (local::date + p.quiet_to
                + CASE WHEN local::time >= p.quiet_to THEN interval '1 day' ELSE interval '0' END
                ) AT TIME ZONE who.timezone
            ELSE {now} END
        FROM people who CROSS JOIN LATERAL (SELECT {now} AT TIME ZONE who.timezone) AS c (local)
        WHERE who.id = {person}) END
"""


def hearing(made: str, *, kind: str, now: str) -> str:
    """A query of (notice, subscription, channel, host, due_at): where each row (id, person) of
    `made` is to go beside the inbox. `kind` and `now` are expressions of the statement around it.

    Reads each of people, preferences and subscriptions once, whatever the number of rows.
    """
    due = _QUIET_END.format(kind=kind, now=now, alarms=_quoted(*ALARMS), person="made.person")
    return (
        f"SELECT made.id, s.id, s.channel, s.host, {due} FROM {made} AS made"
        " JOIN subscriptions s ON s.person = made.person"
        " AND s.gone_at IS NULL AND s.confirmed_at IS NOT NULL"
        " LEFT JOIN preferences p ON p.person = made.person"
        " WHERE p.inbox_only IS NOT TRUE"
        f" AND coalesce(p.kinds->s.channel, {_DEFAULTS}->s.channel) ? {kind}"
        f" AND (p.fridays_only IS NOT TRUE OR {kind} IN ({_quoted(*ALARMS, *NEWS)}))"
    )

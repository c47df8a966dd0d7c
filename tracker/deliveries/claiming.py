"""Taking deliveries to do, with a lease, and settling them: the queue, as rows.

No transaction is open while the far side is spoken to. A worker that dies leaves its deliveries
to whoever asks next, once the lease has run out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from asyncpg import Record

from tracker import database

LEASE = timedelta(minutes=2)
"""Longer than a try can take, with all that waits before it in the same worker."""


# From host to host along the index, and a few of each: one host with a million waiting does not
# keep those of another from being found. Paused hosts are stepped over. What `attempts` and `due_at`
# are after a claim is the claim's mark: a settling that comes after the lease finds another one.
# Of a host that has failed lately, one delivery is tried by one of all workers: the host is paused
# for as long as that one's lease, unless its outcome says something else before.
_CLAIM = """
WITH RECURSIVE hosts (host) AS (
    (SELECT host FROM deliveries WHERE due_at IS NOT NULL ORDER BY host LIMIT 1)
    UNION ALL
    SELECT (SELECT d.host FROM deliveries d WHERE d.due_at IS NOT NULL AND d.host > hosts.host
        ORDER BY d.host LIMIT 1)
    FROM hosts WHERE hosts.host IS NOT NULL),
doubtful AS MATERIALIZED (
    SELECT host FROM delivery_hosts b WHERE failures > 0 AND paused_until <= $1 AND EXISTS (
        SELECT 1 FROM deliveries d WHERE d.host = b.host AND d.due_at <= $1)
    FOR UPDATE SKIP LOCKED),
ready AS (
    SELECT h.host, b.failures AS troubles, CASE WHEN b.failures > 0 THEN least(1, coalesce(busy.room, 1))
        ELSE coalesce(busy.room, $3) END AS room
    FROM hosts h LEFT JOIN delivery_hosts b ON b.host = h.host
    LEFT JOIN unnest($4::text[], $5::integer[]) AS busy (host, room) ON busy.host = h.host
    WHERE h.host IS NOT NULL AND (b.host IS NULL OR b.paused_until <= $1
        AND (b.failures = 0 OR b.host IN (SELECT host FROM doubtful)))),
taken AS MATERIALIZED (
    SELECT due.id, ready.host, ready.troubles FROM ready CROSS JOIN LATERAL (
        SELECT id FROM deliveries WHERE host = ready.host AND due_at <= $1
        ORDER BY due_at, id LIMIT ready.room FOR UPDATE SKIP LOCKED) AS due
    LIMIT $6),
paused AS (
    UPDATE delivery_hosts b SET paused_until = $2 FROM taken
    WHERE b.host = taken.host AND taken.troubles > 0),
claimed AS (
    UPDATE deliveries d SET due_at = $2, attempts = attempts + 1 FROM taken WHERE d.id = taken.id
    RETURNING d.id, d.notice, d.subscription, d.channel, d.host, d.attempts, taken.troubles)
SELECT c.id, c.attempts, c.channel, c.host, c.subscription, c.troubles, n.id AS notice, n.kind, n.cause, n.data,
    n.at, s.address, s.gone_at IS NOT NULL AS gone, p.id AS person,
    coalesce(p.disabled_at IS NOT NULL, false) AS disabled,
    coalesce(p.language, s.language) AS language
FROM claimed c JOIN notices n ON n.id = c.notice JOIN subscriptions s ON s.id = c.subscription
LEFT JOIN people p ON p.id = n.person ORDER BY c.id
"""


async def claim(
    *, now: datetime, most: int, each: int, room: Mapping[str, int], lease: timedelta = LEASE
) -> list[Record]:
    """Take up to `most` deliveries that are due, up to `each` of a host or what `room` says for
    it, with all that is needed to send them. A host that has failed lately (`troubles`) gets one to
    try, and is left alone by everybody until the lease is over or `resume`, `pause` or `ask_again`
    say otherwise."""
    return await database.fetch(
        _CLAIM, now, now + lease, each, list(room), list(room.values()), most
    )


class Settled(msgspec.Struct, frozen=True):
    """What a claimed delivery has come to."""

    id: int
    attempts: int
    """As claimed. With `leased_until` it says which claim this is: a settling by a worker whose
    lease has run out and whose delivery another has taken changes nothing, nor does one that is
    written a second time because nobody heard whether the first was."""
    leased_until: datetime
    state: str
    detail: str
    due_at: datetime | None
    """When to try again; None where it is settled for good."""
    tried: bool = True
    """False where it was given back without a try, which then does not count as one."""


# One that was given up or put back by hand while it was sent has arrived all the same: the ledger
# says what is true.
_SETTLE = """
WITH settled AS (
    UPDATE deliveries d SET state = v.state, detail = v.detail, due_at = v.due_at, at = $6
    FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[],
        $7::timestamptz[]) AS v (id, attempts, state, detail, due_at, leased_until)
    WHERE d.id = v.id AND d.attempts = v.attempts AND (d.due_at = v.leased_until
        OR (v.state = 'sent' AND d.state <> 'sent'))
    RETURNING d.channel, d.state)
INSERT INTO delivery_totals AS t (channel, sent, failed, dead)
SELECT channel, count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'failed'),
    count(*) FILTER (WHERE state = 'dead')
FROM settled GROUP BY channel ORDER BY channel
ON CONFLICT (channel) DO UPDATE SET sent = t.sent + EXCLUDED.sent,
    failed = t.failed + EXCLUDED.failed, dead = t.dead + EXCLUDED.dead
"""

# What is not tried stays as it was: pending, or failed with the reason of its last try.
_GIVE_BACK = """
UPDATE deliveries d SET due_at = v.due_at, attempts = d.attempts - 1
FROM unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::timestamptz[])
    AS v (id, attempts, due_at, leased_until)
WHERE d.id = v.id AND d.attempts = v.attempts AND d.due_at = v.leased_until
"""


async def settle(settled: Sequence[Settled], *, now: datetime) -> None:
    """Write down what became of them, and count it; one statement for all."""
    ordered = sorted(settled, key=lambda one: one.id)
    tried = [one for one in ordered if one.tried]
    back = [one for one in ordered if not one.tried]
    if tried:
        await database.execute(
            _SETTLE,
            [one.id for one in tried],
            [one.attempts for one in tried],
            [one.state for one in tried],
            [one.detail for one in tried],
            [one.due_at for one in tried],
            now,
            [one.leased_until for one in tried],
        )
    if back:
        await database.execute(
            _GIVE_BACK,
            [one.id for one in back],
            [one.attempts for one in back],
            [one.due_at for one in back],
            [one.leased_until for one in back],
        )


async def forget(subscription: int, because: str, *, now: datetime) -> None:
    """Nothing is sent there any more, and what was needed to reach it is wiped. Its other
    deliveries are settled once they are claimed: they find it gone."""
    await database.execute(
        "UPDATE subscriptions SET gone_at = $2, gone_because = $3, address = '{}'"
        " WHERE id = $1 AND gone_at IS NULL",
        subscription,
        now,
        because,
    )


_GIVE_UP = """
WITH old AS MATERIALIZED (
    SELECT d.id FROM deliveries d JOIN notices n ON n.id = d.notice
    WHERE d.host = $1 AND d.due_at <= $3 AND n.at <= $2
    ORDER BY d.id LIMIT $5 FOR UPDATE OF d SKIP LOCKED),
ended AS (
    UPDATE deliveries d SET state = 'dead', detail = $4, due_at = NULL, at = $3
    FROM old WHERE d.id = old.id RETURNING d.channel),
counted AS (
    INSERT INTO delivery_totals AS t (channel, sent, failed, dead)
    SELECT channel, 0, 0, count(*) FROM ended GROUP BY channel ORDER BY channel
    ON CONFLICT (channel) DO UPDATE SET dead = t.dead + EXCLUDED.dead)
SELECT count(*) AS n FROM ended
"""
_AT_ONCE = 10_000


async def give_up(host: str, *, made_before: datetime, detail: str, now: datetime) -> None:
    """Settle as dead all that is due there and has been on its way since before then: one try
    every ten minutes would never come to an end of it."""
    while True:
        rows = await database.fetch(_GIVE_UP, host, made_before, now, detail, _AT_ONCE)
        if rows[0]["n"] < _AT_ONCE:
            return


async def pause(
    host: str, *, until: datetime, failures: int, detail: str, probe: datetime | None
) -> None:
    """Leave a host alone until then, by every worker. `failures` 0: it asked for it. `probe` is
    the end of the pause that this worker's claim of its one delivery made, if it was that."""
    await database.execute(
        "INSERT INTO delivery_hosts AS h (host, failures, paused_until, detail)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (host) DO UPDATE SET"
        " failures = greatest(h.failures, EXCLUDED.failures), detail = EXCLUDED.detail,"
        " paused_until = CASE WHEN h.paused_until = $5::timestamptz THEN EXCLUDED.paused_until"
        " ELSE greatest(h.paused_until, EXCLUDED.paused_until) END",
        host,
        failures,
        until,
        detail,
        probe,
    )


async def ask_again(host: str, *, probe: datetime, now: datetime) -> None:
    """Its one delivery came to nothing without a try: another may be claimed."""
    await database.execute(
        "UPDATE delivery_hosts SET paused_until = $3 WHERE host = $1 AND paused_until = $2",
        host,
        probe,
        now,
    )


async def resume(host: str, *, probe: datetime | None, now: datetime) -> None:
    """It has taken something: it is well again, unless it asked another worker for a pause."""
    await database.execute(
        "DELETE FROM delivery_hosts"
        " WHERE host = $1 AND (paused_until <= $2 OR paused_until = $3::timestamptz)",
        host,
        now,
        probe,
    )

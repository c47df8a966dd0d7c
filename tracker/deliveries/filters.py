"""What the ledger may be narrowed by, and what each costs.

The ledger is in the order of (notice, subscription), newest first: that of `deliveries_once`, so a
page is read off the index. A notice, a person and a release are ranges of it. The dead and the
failed have the same order in small indexes of their own; what is pending is either most of what is
there or found by `deliveries_due`. A channel or a host alone is looked for from the newest on: a
page takes a look at as many deliveries as lie between 25 of its own.
"""

from __future__ import annotations

from datetime import date

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.channels.base import ChannelName
from tracker.deliveries.access import require_may_ask_for, visible_to
from tracker.notices.tables import DeliveryState
from tracker.people.tables import Person


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """An empty one does not narrow."""

    release: date | None = None
    """A Friday: the deliveries of what it told people."""
    state: DeliveryState | None = None
    channel: ChannelName | None = None
    person: str = ""
    host: str = ""
    notice: int | None = None

    @property
    def are_narrow(self) -> bool:
        """Whether they mean something by name, beside a state."""
        return bool(self.release or self.channel or self.person or self.host or self.notice)


OPEN = (DeliveryState.PENDING, DeliveryState.FAILED)


async def conditions_of(person: Person, filters: Filters) -> list[QueryString]:
    """On `deliveries d` and its `notices`. Costs a query where a release is asked for."""
    found = [visible_to(person)]
    if filters.person:
        require_may_ask_for(person, filters.person)
        by_handle = "notices.person = (SELECT id FROM people WHERE handle = {})"
        found.append(QueryString(by_handle, filters.person))
    if filters.notice is not None:
        found.append(QueryString("d.notice = {}", filters.notice))
    if filters.release is not None:
        found += await _of_release(filters.release)
    if filters.state is not None:
        found.append(in_state(filters.state))
    if filters.channel is not None:
        found.append(QueryString("d.channel = {}", filters.channel.value))
    if filters.host:
        found.append(QueryString("d.host = {}", filters.host))
    return found


def in_state(state: DeliveryState) -> QueryString:
    """Written out, so that a plan that is kept can use the index of the state."""
    due = " AND d.due_at IS NOT NULL" if state in OPEN else ""
    return QueryString(f"d.state = '{state.value}'{due}")


async def _of_release(day: date) -> list[QueryString]:
    """Its notices were made in one go: they lie together, with few others between."""
    cause = f"release:{day}"
    row = await database.fetch_row(
        "SELECT (SELECT id FROM notices WHERE cause = $1 ORDER BY id LIMIT 1) AS first,"
        " (SELECT id FROM notices WHERE cause = $1 ORDER BY id DESC LIMIT 1) AS last",
        cause,
    )
    assert row is not None
    if row["first"] is None:
        return [QueryString("false")]
    # Said of both tables: a plan may begin with either.
    return [
        QueryString("d.notice BETWEEN {} AND {}", row["first"], row["last"]),
        QueryString("notices.id BETWEEN {} AND {}", row["first"], row["last"]),
        QueryString("notices.cause = {}", cause),
    ]


def all_of(conditions: list[QueryString]) -> QueryString:
    return QueryString(" AND ".join(["{}"] * len(conditions)), *conditions)

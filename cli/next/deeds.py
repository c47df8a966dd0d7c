"""What keys do to reports, as plans: one act each, all of it or nothing, on what was seen."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cli.client import Client
from cli.exits import Exit, Thing, TriageError


@dataclass(frozen=True)
class Outcome:
    """`problems` by report, in English; nothing was done then. `opened`: the new proposal;
    `moved`: the reports that have another status or proposal now."""

    act: str | None
    opened: str | None = None
    moved: frozenset[str] = frozenset()
    problems: dict[str, str] = field(default_factory=dict)


def lines(reports: Iterable[Thing], do: str, **details: object) -> list[Thing]:
    """The same deed for each, decided on what was seen of it."""
    return [
        {"line": place, "report": one["id"], "seen": one["revision"], "do": do, **details}
        for place, one in enumerate(reports, start=1)
    ]


def carry_out(server: Client, planned: Sequence[Thing], proposals: Sequence[Thing] = ()) -> Outcome:
    """Send it. Where the connection drops it is sent once more, and is done once all the same."""
    key = str(uuid.uuid4())
    plan = {"lines": list(planned), "proposals": list(proposals)}
    try:
        result = _result(server, key, plan)
    except TriageError as failure:
        if failure.code != Exit.OUT_OF_REACH:
            raise
        result = _result(server, key, plan)
    return Outcome(
        act=result["act"],
        opened=next(iter(result["opened"].values()), None),
        moved=frozenset(one["report"] for one in result["effects"]),
        problems={one["report"]: str(one["message"]["en"]) for one in result["problems"]},
    )


def _result(server: Client, key: str, plan: Thing) -> Thing:
    for said in server.lines(f"plans/{key}", plan):
        if said["type"] == "result":
            return said
    raise TriageError(Exit.OUT_OF_REACH, "the server ended before it was done: nothing was kept")

"""A whole morning in front of `triage next`: sixty real reports, in a real terminal.

What should have come of it is told by an account of the keys, which knows nothing of the program but
what its manual says; what did come of it is read from the tables.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.cast import ApiOf, Clock
from tests.doing import ok
from tests.terminal import Terminal, TerminalOf
from tracker import database as door

REPORTS = Path(__file__).parent.parent / "data" / "seamonkey_morning.csv"
SAVED = "{reporter}，请在{device}上抓一份日志，附到 {report}。"


@dataclass(frozen=True)
class Fate:
    """What became of a report."""

    proposal: str | None = None
    question: str | None = None
    closure: tuple[str, str] | None = None
    owner: str | None = None
    snoozed: bool = False
    said: tuple[tuple[str, bool], ...] = ()

    @property
    def status(self) -> str:
        if self.closure:
            return "closed"
        if self.question:
            return "needs_info"
        return "accepted" if self.proposal else "new"


@dataclass
class Account:
    """The manual, carried out by hand: a place in the queue, what is done, and a stack of acts."""

    order: list[str]
    titles: dict[str, str]
    fates: dict[str, Fate] = field(default_factory=dict)
    at: int = 0
    done: set[str] = field(default_factory=set)
    marked: list[str] = field(default_factory=list)
    acts: list[dict[str, Fate]] = field(default_factory=list)
    proposals: dict[str, str] = field(default_factory=dict)
    made: int = 0
    undone: int = 0
    keys: int = 0

    def __post_init__(self) -> None:
        self.fates = {name: Fate() for name in self.order}

    @property
    def here(self) -> str:
        return self.order[self.at]

    def targets(self) -> list[str]:
        return self.marked or [self.here]

    def forward(self) -> None:
        rest = range(self.at + 1, len(self.order))
        self.at = next((n for n in rest if self.order[n] not in self.done), len(self.order))

    def act(self, *, stay: bool = False, **changed: Any) -> None:
        names, here = self.targets(), self.here
        self.acts.append({name: self.fates[name] for name in names})
        for name in names:
            self.fates[name] = replace(self.fates[name], **changed)
        self.marked = []
        if not stay:
            self.done |= set(names)
            if here in names:
                self.forward()

    def say(self, text: str, *, internal: bool, stay: bool) -> None:
        self.act(stay=stay, said=(*self.fates[self.here].said, (text, internal)))

    def propose(self) -> None:
        """Enter takes the title of the first of them."""
        self.made += 1
        name = f"P-{self.made}"
        self.proposals[name] = self.titles[self.targets()[0]]
        self.act(proposal=name)

    def undo(self) -> None:
        self.undone += 1
        before = self.acts.pop()
        gone = {self.fates[name].proposal for name in before} - {
            fate.proposal for fate in before.values()
        }
        self.fates |= before
        used = {fate.proposal for fate in self.fates.values()}
        for name in gone - used:
            # Only a proposal that this act had made goes with it.
            if name == f"P-{self.made}":
                self.proposals.pop(str(name))
        self.done -= set(before)
        self.at = self.order.index(next(iter(before)))


class Engineer:
    """Presses keys, and tells the account which."""

    def __init__(self, terminal: Terminal, account: Account) -> None:
        self.terminal = terminal
        self.account = account

    async def press(self, *keys: str, until: str) -> str:
        self.account.keys += sum(len(key) if key.isascii() is False else 1 for key in keys)
        return await self.terminal.press(*keys, until=until)

    async def sees_the_next(self) -> None:
        """The report that the account expects is on the screen, ready for a key."""
        account = self.account
        place = f"{account.at + 1} of {len(account.order)} · {len(account.order) - len(account.done)} left"
        await self.terminal.sees(account.here + "  ", place, "l link")

    async def propose(self) -> None:
        await self.press("p", until="A proposal of")
        await self.press("Enter", until="linked to P-")
        self.account.propose()

    async def link(self) -> None:
        """To the likest, where there is one; else the report is skipped."""
        text = await self.press("l", until="Link R-")
        best = re.search(r"Enter: (P-\d+)", text)
        if best is None:
            await self.press("Esc", until="l link")
            await self.skip()
            return
        await self.press("Enter", until=f"linked to {best[1]}")
        self.account.act(proposal=best[1])

    async def ask(self) -> None:
        await self.press("a", until="1 need-log:")
        await self.press("1", until="Ctrl-S sends")
        await self.press("Ctrl-S", until="asked")
        name = self.account.here
        self.account.act(question=f"爱丽丝，请在小米 13上抓一份日志，附到 {name}。")

    async def reply(self) -> None:
        await self.press("r", until="Ctrl-S sends")
        await self.press("谢谢，我们看到了。", "Ctrl-S", until="replied")
        self.account.say("谢谢，我们看到了。", internal=False, stay=False)

    async def note(self) -> None:
        await self.press("i", until="Ctrl-S sends")
        await self.press("见过一次", "Ctrl-S", until="noted")
        self.account.say("见过一次", internal=True, stay=True)

    async def close(self) -> None:
        await self.press("c", until="Close R-")
        await self.press("d", until="Ctrl-S sends")
        await self.press("这一版不会做。", "Ctrl-S", until="closed as declined")
        self.account.act(closure=("declined", "这一版不会做。"))

    async def snooze(self) -> None:
        await self.press("z", until="Snooze R-")
        await self.press("w", until="snoozed until")
        self.account.act(snoozed=True)

    async def give(self) -> None:
        await self.press("o", until="Give R-")
        await self.press("ada", "Enter", until="given to ada")
        self.account.act(owner="ada")

    async def skip(self) -> None:
        self.account.keys += 1
        await self.terminal.press("n")
        self.account.forward()

    async def mark(self, how_many: int) -> None:
        for number in range(1, how_many + 1):
            self.account.marked.append(self.account.here)
            await self.press("x", until=f"{number} marked")
            self.account.forward()
            await self.sees_the_next()

    async def undo(self) -> None:
        await self.press("u", until="y take it back")
        await self.press("y", until="taken back")
        self.account.undo()


async def _file(api_of: ApiOf, clock: Clock) -> dict[str, str]:
    """Titles by number, in the order of filing."""
    alice, titles = api_of("alice"), {}
    with REPORTS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            clock.advance(minutes=1)
            body = {
                "device": "fuxi",
                "build": "26.11.20",
                "module": "system",
                "title": row["Summary"][:200],
                "body": row["Description"],
            }
            titles[(await ok(await alice.post("reports", json=body)))["id"]] = body["title"]
    return titles


async def _fates() -> dict[str, Fate]:
    rows = await door.fetch(
        "SELECT r.id, r.proposal, q.text AS question, r.closed_reason, r.closed_text,"
        " o.handle AS owner, r.snoozed_until, r.status,"
        " coalesce((SELECT json_agg(json_build_array(m.text, m.internal) ORDER BY m.id)"
        "  FROM messages m WHERE m.report = r.id AND m.kind <> 'question'"
        "  AND m.retracted_at IS NULL), '[]')::text AS said"
        " FROM reports r LEFT JOIN messages q ON q.id = r.question"
        " LEFT JOIN people o ON o.id = r.owner ORDER BY r.id"
    )
    found = {}
    for row in rows:
        fate = Fate(
            proposal=f"P-{row['proposal']}" if row["proposal"] else None,
            question=row["question"],
            closure=(row["closed_reason"], row["closed_text"]) if row["closed_reason"] else None,
            owner=row["owner"],
            snoozed=row["snoozed_until"] is not None,
            said=tuple((text, internal) for text, internal in json.loads(row["said"])),
        )
        assert row["status"] == fate.status, f"R-{row['id']}"
        found[f"R-{row['id']}"] = fate
    return found


def _as_told(fates: Iterable[tuple[str, Fate]]) -> dict[str, Fate]:
    """Who looks after it is only told of those that were given away by hand."""
    return {
        name: fate if fate.owner == "ada" else replace(fate, owner=None) for name, fate in fates
    }


@pytest.mark.usefixtures("world")
async def test_sixty_reports_in_a_morning(
    terminal_of: TerminalOf, api_of: ApiOf, clock: Clock
) -> None:
    await ok(
        await api_of("cai").put(
            "saved-replies/need-log", json={"kind": "question", "zh": SAVED, "en": "A log, please"}
        )
    )
    titles = await _file(api_of, clock)
    assert len(titles) == 60
    account = Account(list(titles), titles)
    async with terminal_of("erin", "next", "--oldest") as terminal:
        erin = Engineer(terminal, account)
        rounds = (
            *("propose", "ask", "note", "close", "link", "skip", "snooze", "reply"),
            *("undo", "link", "give", "several", "propose", "undo", "propose", "link"),
        )
        turn = 0
        while account.at < len(titles):
            await erin.sees_the_next()
            move = rounds[turn % len(rounds)]
            turn += 1
            if move == "several":
                if account.at + 3 >= len(titles):
                    continue
                await erin.mark(3)
                await erin.propose()
                await erin.undo()
                await erin.sees_the_next()
                await erin.mark(2)
                await erin.link()
            elif move == "undo":
                if account.acts:
                    await erin.undo()
            else:
                await getattr(erin, move)()
        await terminal.sees("The end of the queue")
        await terminal.press("q")
    assert terminal.code == 0

    found = await _fates()
    assert _as_told(found.items()) == _as_told(account.fates.items())
    # It was a morning with everything in it.
    deeds = {fate.status for fate in found.values()}
    assert deeds == {"new", "accepted", "needs_info", "closed"}
    assert any(fate.snoozed for fate in found.values())
    assert any(fate.owner == "ada" for fate in found.values())
    proposals = await door.fetch("SELECT id, title FROM proposals ORDER BY id")
    assert {f"P-{row['id']}": row["title"] for row in proposals} == account.proposals
    # Each act that was taken back is on record, and what took it back.
    acts = await door.fetch("SELECT count(*) AS n FROM acts WHERE undoes IS NOT NULL")
    assert acts[0]["n"] == account.undone > 3

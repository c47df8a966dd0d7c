"""Where a report goes: into a proposal, to somebody, aside; and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click
from rich.text import Text

from cli import dates, ids
from cli.exits import Exit, Thing, TriageError
from cli.next import pictures
from cli.next.panels import Choice, Option
from cli.next.work import Work
from cli.render import label, one_line, utc_now

_SNOOZES = (
    Option("t", "until tomorrow", "1d"),
    Option("3", "three days", "3d"),
    Option("f", "until Friday", "friday"),
    Option("w", "a week", "1w"),
    Option("o", "another time …", ""),
)


class Deciding(Work):
    async def link(self) -> None:
        reports = self.targets()
        known = await self.known(reports[0])
        candidates = _candidates(known.alike, reports)
        above = [
            Text.assemble(
                (f"{digit} ", "bold"),
                (proposal, "cyan"),
                f" {one['score']:.0%} {label(one['status'])}  ",
                one_line(one["title"]),
                no_wrap=True,
                overflow="ellipsis",
            )
            for digit, (proposal, one) in enumerate(candidates[:5], start=1)
        ]
        best = f"Enter: {candidates[0][0]}, or P-…" if candidates else "P-…"
        target = await self.line(f"Link {pictures.named(reports)} to ({best})", above=above)
        if target is None:
            return
        proposal = _proposal(target, [name for name, _ in candidates])
        await self.do(reports, "link", f"linked to {proposal}", proposal=proposal)

    async def unlink(self) -> None:
        await self.do(self.targets(), "unlink", "unlinked", stay=True)

    async def propose(self) -> None:
        reports = self.targets()
        title = await self.line(
            f"A proposal of {pictures.named(reports)}:", str(reports[0]["title"])
        )
        if not title:
            return
        kind: str | None = "fix"
        if any(one.get("kind") == "suggestion" for one in reports):
            kind = await self.screen.asked(
                Choice(
                    [Text("There is a suggestion among them. The line in the changelog is:")],
                    [
                        Option("n", "新增 new", "new"),
                        Option("o", "优化 optimization", "optimization"),
                        Option("f", "修复 fix", "fix"),
                    ],
                )
            )
        if kind is None:
            return
        modules = list(dict.fromkeys(str(one["module"]) for one in reports))
        module: str | None = modules[0]
        if len(modules) > 1:
            ways = [Option(str(n), label(slug), slug) for n, slug in enumerate(modules[:9], 1)]
            module = await self.screen.asked(
                Choice([Text("They are about several modules. The proposal is about:")], ways)
            )
        if module is None:
            return
        made = {"name": "=a", "title": title, "kind": kind, "module": module}
        await self.do(reports, "link", "linked to {opened}", proposal="=a", proposals=[made])

    async def own(self) -> None:
        reports = self.targets()
        me = str(self.screen.me["handle"])
        handle = await self.line(f"Give {pictures.named(reports)} to (Enter: {me})")
        if handle is not None:
            owner = handle or me
            await self.do(reports, "own", f"given to {owner}", stay=owner == me, owner=owner)

    async def snooze(self) -> None:
        reports = self.targets()
        when = await self.screen.asked(
            Choice([Text(f"Snooze {pictures.named(reports)}")], _SNOOZES)
        )
        if when == "":
            when = await self.line(f"Until ({dates.MOMENTS})")
        if not when:
            return
        try:
            until = dates.moment(when, datetime.now(UTC))
        except click.BadParameter as error:
            raise TriageError(Exit.USAGE, error.message) from error
        done = f"snoozed until {until.astimezone():%m-%d %H:%M}"
        await self.do(reports, "snooze", done, until=until.isoformat())

    async def label(self) -> None:
        reports = self.targets()
        inside = {word for one in reports for word in one.get("labels") or ()}
        there = f"; it has {', '.join(sorted(inside))}" if inside else ""
        word = await self.line(f"Label {pictures.named(reports)} (-word takes it off{there})")
        if not word:
            return
        do, done = ("unlabel", "no longer") if word.startswith("-") else ("label", "labelled")
        word = word.removeprefix("-")
        await self.do(reports, do, f"{done} {word}", stay=True, label=word)

    async def undo(self) -> None:
        server = self.screen.server
        try:
            found = await self.screen.call(server.get, "acts/last")
        except TriageError as failure:
            if failure.code != Exit.NOT_FOUND:
                raise
            self.screen.say("There is nothing to take back.", "class:wait")
            return
        possible = found["undoing"]["possible"]
        yes = [Option("y", "take it back", True), Option("n", "leave it", False)]
        panel = Choice(pictures.act(found, utc_now()), yes if possible else [])
        if not await self.screen.asked(panel):
            return
        server.begin_act()
        gone = await self.screen.call(server.put, f"acts/{found['id']}/undoing")
        self.pile.unsettle(found["id"])
        self.screen.ahead.forget(*(entry.id for entry in self.pile.entries))
        if names := [name for name in found["things"] if name.startswith("R-")]:
            self.pile.go(names[0])
        self.screen.say(f"{found['id']} taken back · triage undo {gone['undone_by']} does it again")
        self.screen.arrive()


def _candidates(alike: Sequence[Thing], reports: Sequence[Thing]) -> list[tuple[str, Thing]]:
    """Proposals to link to, the likest first, each once; not the one that they are in already."""
    inside = {one.get("proposal") for one in reports}
    found: dict[str, Thing] = {}
    for one in alike:
        name = one["id"] if one["kind"] == "proposal" else one["proposal"]
        if name and inside != {name}:
            found.setdefault(str(name), one)
    return list(found.items())


def _proposal(typed: str, candidates: Sequence[str]) -> str:
    """What was typed as the proposal to link to: a place in the list, a number, or nothing for
    the likest."""
    if typed == "" and candidates:
        return candidates[0]
    if typed.isdecimal() and int(typed) <= len(candidates) and typed != "0":
        return candidates[int(typed) - 1]
    try:
        if typed[:1].upper() != "P":
            raise ids.BadIdError(f"{typed!r} is not the number of a proposal, such as P-3")
        return ids.number(typed if "-" in typed else f"P-{typed[1:]}", "P")
    except ids.BadIdError as error:
        raise TriageError(Exit.USAGE, str(error)) from error

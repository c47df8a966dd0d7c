"""What all that keys do has in common: what it is for, how it is done, and what is shown then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from cli.exits import Exit, Thing, TriageError
from cli.next import pictures
from cli.next.ahead import Known
from cli.next.deeds import carry_out, lines
from cli.next.panels import Line
from cli.output import clean

if TYPE_CHECKING:
    from cli.next.screen import Screen

Deed = Callable[[], Awaitable[None]]


class Work:
    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.pile = screen.pile

    def targets(self) -> list[Thing]:
        reports = self.pile.targets()
        if not reports:
            raise TriageError(Exit.USAGE, "no report is looked at, and none is marked")
        return reports

    async def known(self, report: Thing) -> Known:
        return await self.screen.ahead.fetch(str(report["id"]))

    async def line(
        self, ask: str, text: str = "", above: Sequence[RenderableType] = ()
    ) -> str | None:
        return await self.screen.asked(Line(clean(ask), text, above))

    async def do(
        self,
        reports: Sequence[Thing],
        do: str,
        done: str,
        *,
        stay: bool = False,
        proposals: Sequence[Thing] = (),
        **details: object,
    ) -> None:
        """One deed for each of the reports. `stay`: they are not done with, and are looked at on."""
        planned = lines(reports, do, **details)
        await self.carry_out(reports, planned, done, stay=stay, proposals=proposals)

    async def carry_out(
        self,
        reports: Sequence[Thing],
        planned: Sequence[Thing],
        done: str,
        *,
        stay: bool = False,
        unmoved: str = "",
        proposals: Sequence[Thing] = (),
    ) -> None:
        """Do it and go on; where somebody was there first, show what happened instead.

        `unmoved` is said instead of `done` of those whose status stays as it was.
        """
        numbered = [{**line, "line": place} for place, line in enumerate(planned, start=1)]
        names = [str(one["id"]) for one in reports]
        outcome = await self.screen.call(carry_out, self.screen.server, numbered, proposals)
        if outcome.problems:
            raise await self._what_happened(reports, outcome.problems)
        self.screen.ahead.forget(*names)
        words = done.replace("{opened}", str(outcome.opened))
        became = {
            str(one["id"]): unmoved if unmoved and one["id"] not in outcome.moved else words
            for one in reports
        }
        said = [
            f"{pictures.named([one for one in reports if became[one['id']] == words])} {words}"
            for words in dict.fromkeys(became.values())
        ]
        self.pile.unmark(names)
        back = " · u takes it back" if outcome.act else ": it was so before"
        self.screen.say(f"{', '.join(said)}{back}")
        here = self.pile.current
        if stay:
            # What it is now is what the next key is for.
            await self.screen.look()
        else:
            self.pile.settle(became, outcome.act)
            if here is not None and here.id in names:
                self.pile.forward()
        self.screen.arrive()

    async def _what_happened(
        self, reports: Sequence[Thing], problems: Mapping[str, str]
    ) -> TriageError:
        """Nothing was done: why, and what others did meanwhile, with each report as it is now."""
        ahead, me = self.screen.ahead, self.screen.me
        named = {str(one["id"]): one for one in reports if one["id"] in problems}
        ahead.forget(*named)
        parts: list[str] = []
        for known in await asyncio.gather(*(ahead.fetch(name) for name in named)):
            name, now = known.report["id"], known.report
            self.pile.renew(now)
            meanwhile = pictures.by_others(named[name], now, me=me)
            parts.append(f"{name}: {meanwhile or problems[name]}")
        parts += [why for name, why in problems.items() if not name]
        self.screen.arrive()
        return TriageError(Exit.REFUSED, f"Nothing was done. {'; '.join(parts)}")

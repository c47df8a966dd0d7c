"""What all that keys do has in common: what it is for, how it is done, and what is shown then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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
        planned = lines(reports, do, **details)
        await self.carry_out(reports, planned, done, stay=stay, proposals=proposals)

    async def carry_out(
        self,
        reports: Sequence[Thing],
        planned: Sequence[Thing],
        done: str,
        *,
        stay: bool = False,
        proposals: Sequence[Thing] = (),
    ) -> bool:
        """Do it and go on; where somebody was there first, show what happened instead."""
        numbered = [{**line, "line": place} for place, line in enumerate(planned, start=1)]
        names = [str(one["id"]) for one in reports]
        outcome = await self.screen.call(carry_out, self.screen.server, numbered, proposals)
        if outcome.problems:
            await self._show_what_happened(reports, outcome.problems)
            return False
        self.screen.ahead.forget(*names)
        words = done.replace("{opened}", str(outcome.opened))
        here = self.pile.current
        self.pile.settle(names, "" if stay else words)
        self.screen.say(f"{pictures.named(reports)} {words} · u takes it back")
        if here is not None and here.id in names and not stay:
            self.pile.forward()
        elif here is None or here.id in names:
            await self.look_again(names)
        self.screen.arrive()
        return True

    async def _show_what_happened(
        self, reports: Sequence[Thing], problems: Mapping[str, str]
    ) -> None:
        """Nothing was done: why, and what others did meanwhile, with each report as it is now."""
        ahead, me = self.screen.ahead, self.screen.me
        parts: list[str] = []
        for one in reports:
            name = str(one["id"])
            if name in problems:
                known = ahead.known(name)
                ahead.forget(name)
                now = (await ahead.fetch(name)).report
                self.pile.renew(now)
                meanwhile = pictures.by_others(known.report if known else one, now, me=me)
                parts.append(f"{name}: {meanwhile or problems[name]}")
        parts += [why for name, why in problems.items() if not name]
        self.screen.say(f"Nothing was done. {'; '.join(parts)}", "class:bad")
        self.screen.arrive()

    async def look_again(self, names: Iterable[str]) -> None:
        for name in names:
            if self.pile.find(name) is not None or name in self.pile.marked:
                self.pile.renew(await self.screen.call(self.screen.server.get, f"reports/{name}"))

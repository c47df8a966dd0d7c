"""A programme drawn from a seed: what people do, in random order, with what there is.

Each act is played on the stage and told to the model, and what it touched is compared at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

from tests.cast import START
from tests.simulation.captains import Captains
from tests.simulation.comparing import ADMIN, CAPTAIN, ENGINEER
from tests.simulation.facts import WEEK, coming, freezes_at, leaves_at


class Programme(Captains):
    async def run(self) -> None:
        chance, size = self.chance, self.size
        for n in range(max(6, size.reports // 12)):
            ring = chance.choice(("closed", "closed", "closed", "dev", "stable"))
            self.phones[f"t{n}"] = (chance.choice(self.models), ring)
        await self.stage.set(
            self.models,
            [(who, *line) for who, line in self.phones.items()],
            (ENGINEER, CAPTAIN, ADMIN),
        )
        for line in sorted({*self.phones.values()}):
            for _ in range(2):
                await self.add_build(line, train=None)
        week = START
        for _ in range(size.fridays):
            await self.week(week)
            week += WEEK
        await self.compare_everything(posts=True)

    async def week(self, begin: datetime) -> None:
        """Acts at random times, the clock's looks at the trains at theirs; sometimes the server
        is down for hours or days, and what people wanted to do waits until it is back."""
        chance, size = self.chance, self.size
        friday = coming(begin)
        acts: list[Callable[[], Awaitable[None]]] = []
        acts += [self.file] * round(size.reports / size.fridays)
        for act, weight in self.weights().items():
            acts += [act] * int(weight + chance.random())
        chance.shuffle(acts)
        times = sorted(self._moment(begin, friday) for _ in acts)
        agenda = list(zip(times, acts, strict=True))
        clock = (freezes_at(friday), leaves_at(friday) - timedelta(hours=1), leaves_at(friday))
        agenda += [(at + timedelta(seconds=3), self.tick) for at in clock]
        agenda.append((leaves_at(friday) + timedelta(minutes=2), self.compare_everything))
        if chance.random() < 0.8:
            agenda.append((leaves_at(friday) - timedelta(hours=2), self.clear_the_way))
        agenda.sort(key=lambda entry: entry[0])
        down, up = begin, begin
        if chance.random() < 0.4:
            down = begin + WEEK * chance.random()
            up = down + timedelta(hours=chance.choice((1, 6, 30, 60)))
        for at, act in agenda:
            if down <= at < up:
                if act in (self.tick, self.compare_everything):
                    continue
                at = up
            if at >= up > down:
                down = up
                self.at(up)
                await self.restart()
            self.at(at)
            self.acted.add(act.__name__)
            await act()

    def _moment(self, begin: datetime, friday: date) -> datetime:
        """Half of them between freeze and departure, and shortly around."""
        if self.chance.random() < 0.5:
            return begin + WEEK * self.chance.random()
        return freezes_at(friday) + timedelta(hours=self.chance.uniform(-12, 30))

    def weights(self) -> dict[Callable[[], Awaitable[None]], float]:
        """How often each thing is done in a week."""
        lines, weekly = self.size.models * 1.5, self.size.reports / self.size.fridays
        return {
            self.me_too: weekly / 8,
            self.propose: max(3, weekly / 12),
            self.link: max(2, weekly / 25),
            self.unlink: max(1, weekly / 60),
            self.start: max(1, weekly / 40),
            self.word: max(1, weekly / 100),
            self.fix: max(3, weekly / 12),
            self.revert: max(1, weekly / 60),
            self.ci: self.size.models * 1.2,
            self.hotfix: max(1, lines / 12),
            self.insert: max(1, lines / 12),
            self.change_build: max(1, lines / 6),
            self.send_late: max(1, lines / 10),
            self.reorder: max(0.5, lines / 40),
            self.change_ring: max(0.5, lines / 40),
            self.verify: max(4, weekly / 8),
            self.tick: max(3, lines / 6),
            self.freeze: 0.5,
            self.thaw: 0.5,
            self.publish: 1,
            **self.more_weights(),
        }

    def more_weights(self) -> dict[Callable[[], Awaitable[None]], float]:
        lines = self.size.models * 1.5
        return {
            self.hold: 0.7,
            self.let_go: 2,
            self.withdraw: max(1, lines / 20),
            self.restore: max(0.6, lines / 40),
            self.move_line: max(0.5, lines / 60),
            self.erratum: max(0.6, self.size.reports / self.size.fridays / 200),
        }

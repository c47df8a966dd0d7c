"""What CI and engineers do with builds."""

from __future__ import annotations

from datetime import date

from tests.simulation.comparing import ENGINEER, RINGS
from tests.simulation.engineers import Engineers
from tests.simulation.facts import WEEK, Build, Line, coming


class Builders(Engineers):
    async def add_build(
        self,
        line: Line,
        *,
        train: date | None,
        after: Build | None = None,
        listed: list[int] | None = None,
        late: bool = False,
    ) -> None:
        version = f"b{len(self.model.builds()) + 1}"
        await self.put(Build(line[0], line[1], version), line[1], train, after, listed, late)

    async def put(
        self,
        build: Build,
        ring: str,
        train: date | None,
        after: Build | None,
        listed: list[int] | None,
        late: bool,
    ) -> None:
        self.at(self.now)
        body = {
            "ring": ring,
            "release": train and train.isoformat(),
            "after": after and after.version,
            "proposals": None if listed is None else [f"P-{number}" for number in listed],
            "delayed": "屏幕闪烁" if late else None,
        }
        self.say("build", f"{build.version} {build.model} {body}")
        answer = await self.stage.play(
            ENGINEER, "PUT", f"builds/{build.model}/{build.version}", body
        )
        self.model.put_build(
            build, self.now, ring=ring, train=train, after=after, listed=listed, late=late
        )
        out = answer["published_at"] is not None
        self.same(build.version, out, build.left_at is not None)
        if build.left_at == self.now:
            await self.check([self.model.proposals[number] for number in build.left_with])

    def some_train(self) -> date:
        """Mostly the one that comes; sometimes the next, or one that may have left."""
        return coming(self.now) + WEEK * self.chance.choice((0, 0, 0, 0, 0, 1, -1))

    def some_list(self, line: Line) -> list[int] | None:
        """What a maker lists: what is done for the model, perhaps with all that was in before."""
        if self.chance.random() < 0.7:
            return None
        done = [one.number for one in self.model.proposals.values() if one.fixed_for(line[0])]
        before = [
            one.number
            for one in self.model.proposals.values()
            if any(c.build in self.model.lines[line] and not c.ended for c in one.carried)
        ]
        chosen = self.chance.sample(done, min(len(done), 6))
        if self.chance.random() < 0.5:
            chosen += before[-20:]
        return sorted(set(chosen))

    async def ci(self) -> None:
        line = self.some_line()
        train = self.some_train()
        late = self.chance.random() < 0.12
        await self.add_build(line, train=train, listed=self.some_list(line), late=late)

    async def hotfix(self) -> None:
        line = self.some_line()
        await self.add_build(line, train=None, listed=self.some_list(line))

    async def insert(self) -> None:
        """One that was forgotten, in between."""
        line = self.some_line()
        after = self.chance.choice(self.model.lines[line])
        train = self.some_train() if self.chance.random() < 0.6 else None
        await self.add_build(line, train=train, after=after, listed=self.some_list(line))

    async def change_build(self) -> None:
        """One that is not out yet: another list, another train, late, another ring."""
        build = self.pick([one for one in self.model.builds() if not one.left_at])
        if build is None:
            return
        ring = build.ring if self.chance.random() < 0.9 else self.chance.choice(RINGS)
        train = build.train if self.chance.random() < 0.7 else self.some_train()
        listed = self.some_list((build.model, ring))
        await self.put(build, ring, train, None, listed, self.chance.random() < 0.3)

    async def send_late(self) -> None:
        build = self.pick([one for one in self.model.builds() if one.late and not one.left_at])
        if build:
            listed = None if build.listed is None else sorted(build.listed)
            await self.put(build, build.ring, build.train, None, listed, False)

    async def reorder(self) -> None:
        """A build was in the wrong place of its line; it may be out for long."""
        build = self.pick(self.model.builds())
        others = (
            [one for one in self.model.lines[build.model, build.ring] if one is not build]
            if build
            else []
        )
        after = self.pick(others)
        if build and after:
            listed = None if build.listed is None else sorted(build.listed)
            if build.left_at:
                listed = None
            await self.put(build, build.ring, build.train, after, listed, build.late)
            await self.compare_reports()

    async def withdraw(self) -> None:
        """Mostly one that is out."""
        out = [one for one in self.model.builds() if one.left_at]
        build = self.pick(out if self.chance.random() < 0.8 else self.model.builds())
        if build:
            self.say("withdraw", f"{build.version} {build.model} {build.ring}")
            path = f"builds/{build.model}/{build.version}/withdrawal"
            await self.stage.play(ENGINEER, "PUT", path, {"reason": "开不了机"})
            self.model.withdraw(build, self.now)
            await self.check([one for one in self.model.proposals.values() if one.carried])

    async def restore(self) -> None:
        build = self.pick([one for one in self.model.builds() if one.withdrawn])
        if build:
            self.say("restore", f"{build.version} {build.model} {build.ring}")
            path = f"builds/{build.model}/{build.version}/withdrawal"
            await self.stage.play(ENGINEER, "DELETE", path)
            self.model.restore(build, self.now)
            await self.check([one for one in self.model.proposals.values() if one.carried])

    async def move_line(self) -> None:
        """A ring of a model ends; who was in it is in another one from now on."""
        model, ring = self.some_line()
        to = self.chance.choice([other for other in RINGS if other != ring])
        after = self.pick(self.model.lines[model, to]) if self.chance.random() < 0.5 else None
        self.say("move", f"{model} {ring} {to} {after and after.version}")
        body = {"from": ring, "to": to, "after": after and after.version}
        answer = await self.stage.play(ENGINEER, "POST", f"devices/{model}/moves", body)
        self.model.move_line(model, ring, to, after, self.now)
        for who, line in self.phones.items():
            if line == (model, ring):
                self.phones[who] = (model, to)
        self.same(
            f"{model} {to}",
            [one["version"] for one in answer["items"]],
            [one.version for one in self.model.lines[model, to]],
        )
        await self.compare_reports()

"""What captains do with trains, and the clock."""

from __future__ import annotations

from datetime import date

from tests.simulation.builders import Builders
from tests.simulation.comparing import CAPTAIN
from tests.simulation.facts import Train, coming


class Captains(Builders):
    async def tick(self) -> None:
        self.say("tick", "")
        await self.stage.look_at_trains(self.now)
        left = {day for day, train in self.model.trains.items() if train.left_at}
        self.model.tick(self.now)
        for day, train in list(self.model.trains.items()):
            if train.left_at and day not in left:
                await self.departed(day)

    async def departed(self, day: date) -> None:
        self.say("departed", day.isoformat())
        await self.compare_reports()
        await self.compare_post(day)

    async def freeze(self) -> None:
        day = coming(self.now)
        train = self.model.train(day)
        self.say("freeze", f"{day}")
        await self.stage.play(CAPTAIN, "PUT", f"releases/{day}/freeze")
        if not train.frozen_at and not train.left_at:
            train.frozen_at = self.now

    async def thaw(self) -> None:
        train = self.pick(
            [one for one in self.model.trains.values() if one.frozen_at and not one.left_at]
        )
        if train:
            self.say("thaw", f"{train.day}")
            await self.stage.play(CAPTAIN, "DELETE", f"releases/{train.day}/freeze")
            train.frozen_at, train.thawed = None, True

    async def clear_the_way(self) -> None:
        """What blocks the trains is seen to: words are found, builds made anew without what was
        reverted, and holds end."""
        for train in list(self.model.trains.values()):
            if train.left_at is None and train.day <= coming(self.now):
                await self.clear(train)

    async def clear(self, train: Train) -> None:
        leaving = self.model.aboard(train)
        for build in leaving:
            if build.listed and build.struck:
                listed = sorted(build.listed - set(build.struck))
                await self.put(build, build.ring, build.train, None, listed, late=False)
        contents = self.model.contents(leaving, train.frozen_at or self.now)
        for number in sorted(set().union(*contents.values())):
            if not self.model.proposals[number].worded:
                await self.put_words(self.model.proposals[number])
        if train.held:
            await self.end_hold(train)

    async def hold(self) -> None:
        day = coming(self.now)
        train = self.model.train(day)
        if not train.left_at:
            self.say("hold", f"{day}")
            await self.stage.play(CAPTAIN, "PUT", f"releases/{day}/hold", {"reason": "闪屏"})
            train.held = True

    async def let_go(self) -> None:
        train = self.pick([one for one in self.model.trains.values() if one.held])
        if train:
            await self.end_hold(train)

    async def end_hold(self, train: Train) -> None:
        self.say("let go", f"{train.day}")
        await self.stage.play(CAPTAIN, "DELETE", f"releases/{train.day}/hold")
        train.held = False

    async def erratum(self) -> None:
        """A captain takes a published line back, for all models it was published for and still holds for."""
        train = self.pick([one for one in self.model.trains.values() if one.left_at])
        lines = self.model.entries(train) if train else {}
        number = self.pick(sorted(lines))
        if train is None or number is None:
            return
        proposal = self.model.proposals[number]
        post = await self.stage.play(CAPTAIN, "GET", f"releases/{train.day}")
        entry = next(one["id"] for one in post["entries"] if one["proposal"] == proposal.name)
        out = [one for one in self.model.builds() if one.train == train.day and one.left_at]
        models = {
            build.model
            for build in out
            if number in build.left_with
            and any(
                one.build is build and one.ended in ("", "withdrawn") for one in proposal.carried
            )
        }
        self.say("erratum", f"{proposal.name} {train.day} {sorted(models)}")
        body = {"reason": {"zh": "还有问题", "en": "Not yet"}}
        await self.stage.play(CAPTAIN, "PUT", f"releases/{train.day}/entries/{entry}/erratum", body)
        if models:
            self.model.revert(proposal, models, self.now)
        await self.check([proposal])
        await self.compare_post(train.day)

    async def publish(self) -> None:
        """Early, or again, or what waits; refused where something blocks it."""
        day = coming(self.now)
        train = self.model.train(day)
        blocked = set() if train.left_at else self.model.blocked_by(train, self.now)
        if not blocked and not train.left_at and self.chance.random() < 0.5:
            return
        self.say("publish", f"{day} {blocked}")
        path = f"releases/{day}/publication"
        await self.stage.play(CAPTAIN, "PUT", path, expected=409 if blocked else 200)
        if not blocked and not train.left_at:
            self.model.depart(train, self.now)
            await self.departed(day)

    async def restart(self) -> None:
        self.say("restart", "")
        self.stage.restart()
        await self.tick()
        await self.tell()
        await self.compare_everything()

"""What testers do."""

from __future__ import annotations

from tests.simulation.comparing import RINGS, Comparing
from tests.simulation.facts import Build, Line
from tests.simulation.stage import MODULES


class Testers(Comparing):
    async def file(self) -> None:
        who = self.chance.choice(list(self.phones))
        line = self.phones[who]
        build = self.build_of(line)
        body = {
            "device": line[0],
            "build": build.version if build else None,
            "module": self.chance.choice(MODULES),
            "title": "打开相机后闪退",
        }
        number = len(self.model.reports) + 1
        answer = await self.stage.play(who, "POST", "reports", body, expected=201)
        report = self.model.file(number, who, line, build)
        self.say("file", f"{report.name} {who} {line} {build and build.version}")
        self.same(
            report.name,
            (answer["id"], answer["status"], answer["ring"]),
            (report.name, "new", line[1]),
        )

    def build_of(self, line: Line) -> Build | None:
        """What a phone runs: mostly the last that went out, sometimes an older one, or unknown."""
        out = [build for build in self.model.lines[line] if build.left_at and not build.withdrawn]
        if not out or self.chance.random() < 0.1:
            return None
        return out[-1] if self.chance.random() < 0.7 else self.chance.choice(out)

    async def me_too(self) -> None:
        report = self.some_report()
        others = [who for who in self.phones if report and who != report.reporter]
        near = [who for who in others if report and self.phones[who][0] == report.line[0]]
        who = self.pick(near if self.chance.random() < 0.7 else others)
        if report is None or who is None:
            return
        line = self.phones[who]
        build = self.build_of(line)
        body = {"device": line[0], "build": build.version if build else None}
        self.say("me too", f"{report.name} {who} {line} {build and build.version}")
        await self.stage.play(who, "PUT", f"reports/{report.name}/affected", body)
        self.model.me_too(who, report, line, build)

    async def change_ring(self) -> None:
        """A phone goes to another ring. What was filed with it before stays where it was."""
        who = self.chance.choice(list(self.phones))
        model = self.phones[who][0]
        ring = self.chance.choice([ring for ring in RINGS if ring != self.phones[who][1]])
        self.say("ring", f"{who} {model} {ring}")
        await self.stage.submit(who, "/settings/devices", {"device": model, "ring": ring})
        self.phones[who] = (model, ring)

    async def verify(self) -> None:
        """Mostly of what is said to be solved, and mostly in a build that has it."""
        out = [
            one for one in self.model.reports.values() if one.standing in ("released", "verified")
        ]
        linked = [one for one in self.model.reports.values() if one.proposal]
        report = self.pick(out if out and self.chance.random() < 0.9 else linked)
        if report is None:
            return
        who, model = report.reporter, report.line[0]
        others = [one for one in self.model.me_toos if one.report is report]
        if others and self.chance.random() < 0.4:
            other = self.chance.choice(others)
            who, model = other.person, other.line[0]
        builds = [one for one in self.model.builds() if one.model == model and one.left_at]
        if report.solved_in in builds and self.chance.random() < 0.6:
            builds = [report.solved_in]
        build = self.pick([one for one in builds if not one.withdrawn])
        if build is None or report.proposal is None:
            return
        verdict = self.chance.choice(("fixed", "fixed", "fixed", "broken", "unsure"))
        proposal = report.proposal
        self.say("verify", f"{report.name} {proposal.name} {who} {build.version} {verdict}")
        body = {"build": build.version, "verdict": verdict}
        await self.stage.play(who, "PUT", f"reports/{report.name}/verification", body)
        self.model.verify(who, report, build, verdict, self.now)
        await self.check([proposal], verdicts=True)

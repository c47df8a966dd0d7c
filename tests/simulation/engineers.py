"""What engineers do with proposals."""

from __future__ import annotations

from tests.simulation.comparing import ENGINEER, KINDS
from tests.simulation.facts import Proposal
from tests.simulation.stage import MODULES
from tests.simulation.testers import Testers


class Engineers(Testers):
    async def propose(self) -> None:
        loose = [one for one in self.model.reports.values() if one.proposal is None]
        gathered = self.chance.sample(loose, min(len(loose), self.chance.randint(1, 14)))
        worded = self.chance.random() < 0.85
        module, kind = self.chance.choice(MODULES), self.chance.choice(KINDS)
        body = {
            "title": "CameraService",
            "module": module,
            "kind": kind,
            "reports": [one.name for one in gathered],
            "changelog": {"zh": "打开相机后闪退", "en": "Camera" if worded else ""},
        }
        answer = await self.stage.play(ENGINEER, "POST", "proposals", body, expected=201)
        number = len(self.model.proposals) + 1
        proposal = self.model.propose(number, module, kind, ENGINEER, worded=worded)
        self.model.link(gathered, proposal, self.now)
        self.say("propose", f"{proposal.name} {' '.join(one.name for one in gathered)}")
        self.same(proposal.name, answer["id"], proposal.name)
        await self.check([proposal])

    async def link(self) -> None:
        """Several at once: mostly loose ones, sometimes out of another proposal."""
        proposal = self.some_proposal()
        loose = [one for one in self.model.reports.values() if one.proposal is None]
        every = list(self.model.reports.values())
        for _ in range(self.chance.randint(1, 5)):
            report = self.pick(loose if self.chance.random() < 0.8 else every)
            if report is None or proposal is None:
                break
            self.say(
                "link",
                f"{report.name} {proposal.name} from {report.proposal and report.proposal.name}",
            )
            self.at(self.now)
            body = {"proposal": proposal.name}
            answer = await self.stage.play(ENGINEER, "PUT", f"reports/{report.name}/proposal", body)
            self.model.link([report], proposal, self.now)
            self.same_report(report, answer)
        await self.check([proposal] if proposal else [])

    async def unlink(self) -> None:
        report = self.pick([one for one in self.model.reports.values() if one.proposal])
        if report is None or report.proposal is None:
            return
        proposal = report.proposal
        self.say("unlink", f"{report.name} {proposal.name}")
        answer = await self.stage.play(ENGINEER, "DELETE", f"reports/{report.name}/proposal")
        self.model.unlink(report)
        self.same_report(report, answer)
        await self.check([proposal])

    async def start(self) -> None:
        proposal = self.pick([one for one in self.model.proposals.values() if not one.started])
        if proposal:
            self.say("start", proposal.name)
            await self.stage.play(
                ENGINEER, "PATCH", f"proposals/{proposal.name}", {"state": "in_progress"}
            )
            self.model.start(proposal, self.now)
            await self.check([proposal])

    async def word(self) -> None:
        proposal = self.pick([one for one in self.model.proposals.values() if not one.worded])
        if proposal:
            await self.put_words(proposal)

    async def put_words(self, proposal: Proposal) -> None:
        self.say("word", proposal.name)
        body = {"changelog": {"zh": "打开相机后闪退", "en": "Camera"}}
        await self.stage.play(ENGINEER, "PATCH", f"proposals/{proposal.name}", body)
        self.model.word(proposal)

    async def fix(self) -> None:
        proposal = self.some_proposal()
        if proposal is None:
            return
        models = self.some_models()
        self.say("fix", f"{proposal.name} {models or 'all'}")
        await self.stage.play(ENGINEER, "PUT", f"proposals/{proposal.name}/fix", {"models": models})
        self.model.fix(proposal, models, self.now)
        await self.check([proposal])

    async def revert(self) -> None:
        every = self.model.proposals.values()
        proposal = self.pick([one for one in every if one.fixes or one.carried])
        if proposal is None:
            return
        models = self.some_models()
        self.say("revert", f"{proposal.name} {models or 'all'}")
        body = {"models": models, "reason": {"zh": "还有问题", "en": "Not yet"}}
        await self.stage.play(ENGINEER, "DELETE", f"proposals/{proposal.name}/fix", body)
        self.model.revert(proposal, models, self.now)
        await self.check([proposal])

    def some_models(self) -> list[str] | None:
        if self.chance.random() < 0.6:
            return None
        return sorted(
            self.chance.sample(self.models, self.chance.randint(1, len(self.models) // 2))
        )

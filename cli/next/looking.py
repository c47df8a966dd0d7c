"""Going about in the queue, marking, and looking at things."""

from __future__ import annotations

from cli import proposal_view, report_view
from cli.next import pictures
from cli.next.listing import Listing
from cli.next.panels import Page
from cli.next.work import Deed, Work
from cli.sentences import count


class Looking(Work):
    async def forward(self) -> None:
        self.pile.forward()
        self.screen.arrive()

    async def back(self) -> None:
        self.pile.back()
        self.screen.arrive()

    async def mark(self) -> None:
        if (entry := self.pile.current) is not None:
            self.pile.mark(entry.report)
            self.pile.forward()
            self.screen.arrive()

    async def unmark(self) -> None:
        self.pile.marked.clear()

    async def queue(self) -> None:
        chosen = await self.screen.asked(Listing(self.pile, self.screen.near))
        if chosen is not None:
            self.pile.go(chosen)
            self.screen.arrive()

    async def why(self) -> None:
        if (entry := self.pile.current) is None:
            return
        found = await self.screen.call(self.screen.server.get, f"reports/{entry.id}/score")
        await self.screen.asked(Page(pictures.score(found), "", "q goes back"))

    async def renew(self) -> None:
        came = await self.screen.fetch_more(anew=True)
        self.screen.say(f"{count(came, 'report')} came in" if came else "Nothing new.")
        self.screen.arrive()

    def alike(self, digit: int) -> Deed:
        async def look() -> None:
            entry = self.pile.current
            known = self.screen.ahead.known(entry.id) if entry else None
            if known is None or digit > len(known.alike):
                return
            one = known.alike[digit - 1]
            proposal = one["kind"] == "proposal"
            path = "proposals" if proposal else "reports"
            reports = self.targets()
            found = await self.screen.call(self.screen.server.get, f"{path}/{one['id']}")
            target = one["id"] if proposal else one["proposal"]
            foot = "q goes back"
            if target:
                foot += f" · l links {pictures.named(reports)} to {target}"
            if not proposal:
                foot += " · x marks it"
            picture = proposal_view.full(found) if proposal else report_view.full(found)
            keys = f"{'l' if target else ''}{'' if proposal else 'x'}"
            key = await self.screen.asked(Page(picture, keys, foot))
            if key == "l":
                await self.do(reports, "link", f"linked to {target}", proposal=target)
            elif key == "x":
                self.pile.mark(found)

        return look

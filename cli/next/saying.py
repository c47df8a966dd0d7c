"""What is said under a report: to its reporter, or to the team alone."""

from __future__ import annotations

import asyncio
import string
from collections.abc import Sequence
from itertools import chain, repeat
from typing import TYPE_CHECKING

from rich.text import Text

from cli.exits import Exit, Thing, TriageError
from cli.next import pictures
from cli.next.deeds import lines
from cli.next.panels import Choice, Option, Writing
from cli.next.work import Work
from cli.render import label
from cli.triage import REASONS

if TYPE_CHECKING:
    from cli.next.screen import Screen

_KEYS = string.digits[1:] + string.ascii_uppercase


class Saying(Work):
    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._drafts: dict[tuple[str, str], str] = {}
        """What was written and not sent, by report and kind."""

    def unsent(self) -> list[str]:
        """What was written and not sent, such as `question R-12`."""
        return [f"{kind} {name}" for (name, kind), text in self._drafts.items() if text.strip()]

    async def ask(self) -> None:
        await self._say("ask", "question", "Ask", "asked")

    async def reply(self) -> None:
        await self._say("reply", "reply", "Reply to", "replied")

    async def note(self) -> None:
        reports = self.targets()
        text = await self._written("A note, for the team alone, on", "note", reports)
        if text:
            await self._send(reports, "note", "noted", "note", {}, text)

    async def close(self) -> None:
        reports = self.targets()
        known = await self.known(reports[0])
        reasons = [
            Option(key, label(reason), {"reason": reason})
            for key, reason in zip("uados", REASONS, strict=False)
        ]
        saved = _options(known.replies, "closure")
        chosen = await self.screen.asked(
            Choice([Text(f"Close {pictures.named(reports)} as")], [*reasons, *saved])
        )
        if chosen is None:
            return
        verb = f"Why it is closed as {label(chosen['reason'])}, to the reporter of"
        text = await self._written(verb, "closure", reports, str(chosen.get("text", "")))
        if text:
            done = f"closed as {label(chosen['reason'])}"
            await self._send(reports, "close", done, "closure", chosen, text)

    async def _say(self, do: str, kind: str, verb: str, done: str) -> None:
        reports = self.targets()
        chosen = await self._saved(reports, kind, verb)
        if chosen is None:
            return
        text = await self._written(verb, kind, reports, str(chosen.get("text", "")))
        if text:
            await self._send(reports, do, done, kind, chosen, text)

    async def _saved(self, reports: Sequence[Thing], kind: str, verb: str) -> Thing | None:
        """A saved reply of the kind, or {} to write something else; None: neither."""
        known = await self.known(reports[0])
        saved = _options(known.replies, kind)
        if not saved:
            return {}
        own: Option[Thing] = Option("w", "write it yourself", {})
        return await self.screen.asked(
            Choice([Text(f"{verb} {pictures.named(reports)}")], [own, *saved])
        )

    async def _written(
        self, verb: str, kind: str, reports: Sequence[Thing], text: str = ""
    ) -> str | None:
        """A text. What was begun and left before stands there again, unless a saved one was
        chosen."""
        draft = (str(reports[0]["id"]), kind)

        def keep(written: str) -> None:
            self._drafts[draft] = written

        panel = Writing(
            f"{verb} {pictures.named(reports)}", text or self._drafts.get(draft, ""), keep
        )
        written = await self.screen.asked(panel)
        if written == "":
            raise TriageError(Exit.USAGE, "There is nothing written: nothing was sent.")
        return written

    async def _send(
        self, reports: Sequence[Thing], do: str, done: str, kind: str, chosen: Thing, text: str
    ) -> None:
        """Say it under each. A saved reply that was left as it is, is filled in for each."""
        words = [text] * len(reports)
        if text == chosen.get("text", "").strip():
            others = await asyncio.gather(*(self.known(one) for one in reports[1:]))
            words[1:] = [_filled_in(each.replies, chosen["name"]) for each in others]
        details = {"reason": chosen["reason"]} if do == "close" else {}
        planned = [
            line
            for one, said in zip(reports, words, strict=True)
            for line in lines([one], do, text=said, **details)
        ]
        await self.carry_out(
            reports,
            planned,
            done,
            stay=do == "note",
            unmoved="waits for a second engineer to close it" if do == "close" else "",
        )
        self._drafts.pop((str(reports[0]["id"]), kind), None)


def _filled_in(replies: Sequence[Thing], name: str) -> str:
    for one in replies:
        if one["name"] == name:
            return str(one["text"])
    raise TriageError(Exit.NOT_FOUND, f"the saved reply {name} is gone: nothing was sent")


def _options(replies: Sequence[Thing], kind: str) -> list[Option[Thing]]:
    """Those of a kind, those that a rule suggests first."""
    of_kind = [one for one in replies if one["kind"] == kind]
    return [
        Option(
            key,
            f"{'→ ' if one['suggested'] else ''}{one['name']}: {' '.join(one['text'].split())}",
            one,
        )
        for key, one in zip(chain(_KEYS, repeat("")), of_kind, strict=False)
    ]

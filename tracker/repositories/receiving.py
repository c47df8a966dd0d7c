"""What a webhook does: each commit to each proposal it names, once, all of a push or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from tracker import database
from tracker.devices.forms import Words
from tracker.devices.queries import find_model
from tracker.devices.tables import DeviceModel
from tracker.proposals import fixing
from tracker.proposals.tables import Proposal, State
from tracker.repositories.forms import Act, Commit, Delivered, Push
from tracker.repositories.queries import Kept
from tracker.repositories.trailers import Message, read_message

REMEMBERED = 200
"""Deliveries of a repository. A repeat of an older one is known by its commits."""
LONGEST_REASON = 500


async def receive(
    repository: Kept, key: str, push: Push, *, now: datetime, train: date
) -> Delivered:
    """Do what the commits of a push say, and keep what became of it.

    Of two deliveries of one key, the second waits for the first and does nothing. What cannot be
    done is found out before anything is written, so no refusal ends the transaction.
    """
    branch = push.branch.removeprefix("refs/heads/")
    if not push.why and branch != repository.branch:
        push = msgspec.structs.replace(push, why="branch")
    async with database.transaction():
        row = await database.fetch_row(
            "INSERT INTO repository_deliveries (repository, key, at, event, project, branch,"
            " commits, left_out, why, acts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '[]')"
            " ON CONFLICT (repository, key) DO NOTHING RETURNING id",
            repository.id,
            key,
            now,
            push.event.replace("\0", "")[:60],
            push.project.replace("\0", "")[:200],
            branch.replace("\0", "")[:200],
            len(push.commits),
            push.left_out,
            push.why,
        )
        if row is None:
            return Delivered(push, [], again=True)
        acts: list[Act] = []
        if not push.why:
            acts = await _Reading(repository, now, train).all(push.commits)
        await database.execute(
            "UPDATE repository_deliveries SET acts = $2 WHERE id = $1",
            row["id"],
            msgspec.json.encode(acts).decode(),
        )
        await database.execute(
            "DELETE FROM repository_deliveries WHERE repository = $1 AND id <= (SELECT id"
            " FROM repository_deliveries WHERE repository = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)",
            repository.id,
            REMEMBERED,
        )
    return Delivered(push, acts)


class _Reading:
    """One push, commit by commit in its order."""

    def __init__(self, repository: Kept, now: datetime, train: date) -> None:
        self._repository = repository
        self._now = now
        self._train = train
        self._acts: list[Act] = []

    async def all(self, commits: Sequence[Commit]) -> list[Act]:
        messages = [(one.sha.lower(), read_message(one.message)) for one in commits]
        await self._hold(messages)
        for sha, message in messages:
            await self._one(sha, message)
        return self._acts

    async def _hold(self, messages: Sequence[tuple[str, Message]]) -> None:
        """All proposals that are named, in the order of their numbers: two pushes at once wait for
        each other, and neither for ever."""
        named = {number for _, one in messages for number in (*one.proposals, *one.reverts)}
        shas = [sha for _, one in messages for sha in (*one.reverted, *one.said_by_git)]
        await database.fetch(
            "SELECT id FROM proposals WHERE id = ANY ($1::bigint[]) OR id IN (SELECT proposal"
            "  FROM repository_commits WHERE repository = $2 AND sha LIKE ANY ($3::text[]))"
            " ORDER BY id FOR UPDATE",
            sorted(named),
            self._repository.id,
            [f"{sha}%" for sha in shas],
        )

    async def _one(self, sha: str, message: Message) -> None:
        for word in message.unreadable:
            self._note(sha, message, "", "unreadable", about=word)
        if message.misplaced:
            self._note(sha, message, "", "misplaced")
        if not (message.proposals or message.reverts or message.reverted or message.said_by_git):
            return
        models: Sequence[DeviceModel] | None = await _of(self._repository.models)
        if message.models:
            found = {name: await find_model(name) for name in message.models}
            unknown = [name for name, model in found.items() if model is None]
            if unknown:
                for act, numbers in (("fix", message.proposals), ("revert", message.reverts)):
                    for number in numbers:
                        self._note(sha, message, act, "unknown_model", number, about=unknown[0])
                return
            models = [model for model in found.values() if model is not None]
        reverts: dict[int, Sequence[DeviceModel] | None]
        reverts = dict.fromkeys(message.reverts, models)
        for other in (*message.reverted, *message.said_by_git):
            past = await self._done_by(other)
            if not past and other in message.reverted:
                self._note(sha, message, "revert", "unknown_commit", about=other)
            for number, act, codenames in past:
                if number in message.proposals:
                    continue
                if act == "fix":
                    reverts.setdefault(number, await _of(codenames))
                else:
                    self._note(sha, message, "fix", "reapplied", number)
        for number, which in reverts.items():
            await self._act(sha, message, "revert", number, which)
        for number in message.proposals:
            if number not in reverts:
                await self._act(sha, message, "fix", number, models)

    def _note(
        self,
        sha: str,
        message: Message,
        act: str,
        outcome: str,
        number: int | None = None,
        models: list[str] | None = None,
        about: str = "",
    ) -> None:
        subject = message.subject[:200]
        self._acts.append(Act(sha, subject, act, outcome, number, models, about[:80]))

    async def _done_by(self, sha: str) -> list[tuple[int, str, list[str] | None]]:
        rows = await database.fetch(
            "SELECT proposal, act, codenames FROM repository_commits"
            " WHERE repository = $1 AND sha LIKE $2 ORDER BY id",
            self._repository.id,
            f"{sha}%",
        )
        return [(row["proposal"], row["act"], row["codenames"]) for row in rows]

    async def _act(
        self,
        sha: str,
        message: Message,
        act: str,
        number: int,
        models: Sequence[DeviceModel] | None,
    ) -> None:
        codenames = None if models is None else [model.codename for model in models]
        outcome = await self._outcome(sha, message, act, number, models, codenames)
        self._note(sha, message, act, outcome, number, codenames)

    async def _outcome(
        self,
        sha: str,
        message: Message,
        act: str,
        number: int,
        models: Sequence[DeviceModel] | None,
        codenames: list[str] | None,
    ) -> str:
        row = await database.fetch_row("SELECT * FROM proposals WHERE id = $1 FOR UPDATE", number)
        if row is None:
            return "unknown_proposal"
        proposal = Proposal(_exists_in_db=True, **dict(row))
        if act == "fix" and proposal.state == State.DECLINED:
            return "declined"
        new = await database.fetch_row(
            "INSERT INTO repository_commits (repository, sha, proposal, act, codenames, at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repository, sha, proposal) DO NOTHING"
            " RETURNING id",
            self._repository.id,
            sha,
            number,
            act,
            codenames,
            self._now,
        )
        if new is None:
            return "seen"
        name = self._repository.name
        if act == "revert":
            subject = message.subject[:LONGEST_REASON] or sha
            reason = Words(message.reason_zh or subject, message.reason_en or subject)
            done = await fixing.revert(
                None, proposal, models, reason, now=self._now, train=self._train, repository=name
            )
            return "reverted" if done else "nothing_to_revert"
        words = Words(message.changelog_zh[:500], message.changelog_en[:500])
        # The line first: no train can then carry the fix without its words.
        if not await fixing.fix(
            None, proposal, models, sha, now=self._now, train=self._train, repository=name
        ):
            return "already_fixed"
        await fixing.reword(proposal, words, now=self._now, repository=name)
        return "fixed"


async def _of(codenames: Sequence[str] | None) -> list[DeviceModel] | None:
    if codenames is None:
        return None
    return list(
        await DeviceModel.objects()
        .where(DeviceModel.codename.is_in(list(codenames)))
        .order_by(DeviceModel.codename)
    )

"""Who stands as the reporter of an imported report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from tracker import database
from tracker.importing.refusals import WrongUse
from tracker.people.actions import add_person
from tracker.people.handles import normal
from tracker.people.queries import person_called
from tracker.people.tables import Person, Role


class Reporters:
    """The person of the row's handle; for a handle that nobody has, the one who stands in.

    That is the person who was named for it, else an account called after the source, which
    nobody can sign in to. It is made when the first row needs it.
    """

    def __init__(self, source: str, stand_in: str | None, *, now: datetime) -> None:
        self._source = source
        self._named = stand_in
        self._now = now
        self._stand_in: int | None = None
        self._known: dict[str, int] = {}

    async def load(self) -> None:
        """Raises WrongUse where nobody has the handle that was named."""
        if self._named is None:
            return
        person = await person_called(self._named)
        if person is None:
            raise WrongUse(f"--reporter: nobody is called “{self._named}”")
        self._stand_in = person.id

    async def look_up(self, handles: Iterable[str]) -> None:
        """Know the people of a batch, so that `find` needs no query."""
        wanted = {normal(handle) for handle in handles}
        rows = await database.fetch(
            "SELECT id, handle FROM people WHERE handle = ANY ($1::text[])", sorted(wanted)
        )
        self._known = {row["handle"]: row["id"] for row in rows}
        if self._stand_in is None and len(self._known) < len(wanted):
            self._stand_in = await self._account()

    def find(self, handle: str) -> int:
        return self._known.get(normal(handle)) or self._there()

    def _there(self) -> int:
        assert self._stand_in is not None
        return self._stand_in

    async def _account(self) -> int:
        handle = re.sub(r"[^a-z0-9_]+", "-", f"import-{self._source}".casefold())[:40].strip("-")
        person = await person_called(handle)
        if person is None:
            person = await add_person(
                handle, now=self._now, role=Role.TESTER, display_name=self._source
            )
            await Person.update({Person.disabled_at: self._now}).where(Person.id == person.id)
        elif not person.is_disabled:
            raise WrongUse(
                f"“{handle}” is somebody who can sign in: say who stands for the reporters"
                " of this file with --reporter HANDLE"
            )
        return int(person.id)

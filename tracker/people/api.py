"""Who a token belongs to."""

from __future__ import annotations

from litestar import Controller, get

from tracker.people.authentication import SignedIn
from tracker.people.forms import MeOut
from tracker.people.tables import Role


class Me(Controller):
    path = "/me"
    tags = ("People",)

    @get(sync_to_thread=False)
    def show(self, request: SignedIn) -> MeOut:
        """Who this token belongs to."""
        person = request.user
        return MeOut(
            person.handle,
            person.display_name,
            Role(person.role),
            person.language,
            person.timezone,
        )

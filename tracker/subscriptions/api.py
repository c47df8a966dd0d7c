"""Preferences for programs."""

from __future__ import annotations

from datetime import time
from typing import cast

from litestar import Controller, get, put
from litestar.params import JSONBody

from tracker.people.authentication import SignedIn
from tracker.people.tables import Person
from tracker.subscriptions import preferences
from tracker.subscriptions.forms import Kind, Place, Preferences, PreferencesOut
from tracker.web.requests import Now


class PreferenceApi(Controller):
    path = "/me/preferences"
    tags = ("Notices",)

    @get(summary="What you hear where")
    async def show(self, request: SignedIn) -> PreferencesOut:
        return await _out(request.user)

    @put(summary="Choose what you hear where")
    async def choose(
        self, request: SignedIn, data: JSONBody[Preferences], now: Now
    ) -> PreferencesOut:
        """All at once: what is left out is as usual again. The inbox has everything, whatever is
        chosen."""
        await preferences.choose(request.user, data, now=now)
        return await _out(request.user)


async def _out(person: Person) -> PreferencesOut:
    chosen = await preferences.preferences_of(person)
    return PreferencesOut(
        kinds={
            cast("Place", name.value): cast("list[Kind]", kinds)
            for name, kinds in chosen.kinds.items()
        },
        quiet_from=_clock(chosen.quiet_from),
        quiet_to=_clock(chosen.quiet_to),
        timezone=person.timezone,
        fridays_only=chosen.fridays_only,
        inbox_only=chosen.inbox_only,
    )


def _clock(value: time | None) -> str | None:
    return None if value is None else f"{value:%H:%M}"

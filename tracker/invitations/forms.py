"""What somebody fills in who joins, and somebody who invites."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tracker.people.forms import DisplayName, Handle, Password
from tracker.people.tables import Role
from tracker.web.forms import says


class Join(msgspec.Struct, frozen=True):
    handle: Handle
    display_name: DisplayName
    password: Password
    timezone: str = ""
    """What the browser says; one we do not know is as good as none."""


class NewInvitation(msgspec.Struct, frozen=True):
    role: Annotated[Role, says("选一种身份", "Choose a role")]
    models: Annotated[str, says("机型写得太长了", "Too many models", max_length=2000)] = ""
    """Codenames, with blanks or commas between them; empty: any model."""
    uses: Annotated[
        int, says("可以用 1 到 1000 次", "It can be used 1 to 1000 times", ge=1, le=1000)
    ] = 1
    days: Annotated[
        int,
        says(
            "有效期是 1 到 365 天，留空则一直有效",
            "It is good for 1 to 365 days; leave it empty for no end",
            ge=0,
            le=365,
        ),
    ] = 0
    """0: no end."""
    note: Annotated[
        str, says("备注最多 200 个字", "A note has at most 200 characters", max_length=200)
    ] = ""

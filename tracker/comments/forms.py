"""What goes in and out about comments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from tracker.web.forms import says


class Say(msgspec.Struct, frozen=True):
    """A comment, in Markdown."""

    text: Annotated[
        str,
        says(
            "还没有写内容（最多 5000 字）",
            "There is nothing written yet (5,000 characters at most)",
            min_length=1,
            max_length=5000,
        ),
    ]


class CommentOut(msgspec.Struct, frozen=True):
    """`author` is a handle, for the team alone: the name is what everybody sees.

    `official`: by one of the team. `hidden`: only the team and its author still see it.
    """

    id: int
    release: date
    author: str | None
    author_name: str
    official: bool
    text: str
    at: datetime
    hidden: bool

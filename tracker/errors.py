"""What an action may answer instead of doing what it was asked. No HTTP in here.

Each says its reason in both languages; `tracker.web.errors` turns them into pages and
problem documents.
"""

from __future__ import annotations

from datetime import timedelta

from tracker.language import Text


class Refusal(Exception):
    """An action that was not carried out. Nothing of it has been stored."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class NotSignedIn(Refusal):
    """Nobody is signed in, or the token is unknown, withdrawn or belongs to nobody any more."""

    def __init__(self) -> None:
        super().__init__(Text("请先登录", "Please sign in first"))


class NotFound(Refusal):
    """There is no such thing, or it is none of the asker's business: the two look the same."""

    def __init__(self, reason: Text | None = None) -> None:
        super().__init__(reason or Text("没有找到这一页", "There is nothing here"))


class NotAllowed(Refusal):
    """The asker may see the thing, but this act belongs to another role."""


class Conflict(Refusal):
    """The state of the thing does not permit the act (any more)."""


class Superseded(Refusal):
    """Somebody did something to a thing since the asker looked at it."""


class TooMany(Refusal):
    """Not now: too often in too short a time. `wait` is how long until it is taken again."""

    def __init__(self, reason: Text, wait: timedelta) -> None:
        super().__init__(reason)
        self.wait = wait


class Invalid(Refusal):
    """Values that cannot be taken, by field name. An empty name stands for the whole form."""

    def __init__(self, problems: dict[str, Text]) -> None:
        super().__init__(
            Text(
                "；".join(problem.zh for problem in problems.values()),
                "; ".join(problem.en for problem in problems.values()),
            )
        )
        self.problems = problems

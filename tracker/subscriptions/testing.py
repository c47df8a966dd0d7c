"""One message at once, past the queue, to see whether a place hears."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from tracker.channels.base import Channel, Outcome, Outgoing, later
from tracker.errors import TooMany
from tracker.language import Language, Text
from tracker.subscriptions.places import Place
from tracker.subscriptions.words import TEST_TEXT, TEST_TITLE

MOST, WITHIN = 5, timedelta(minutes=5)
"""Tests of one person: each calls an address that they typed."""

_lately: dict[int, deque[datetime]] = {}


def count_test(person: int, *, now: datetime) -> None:
    """Raises TooMany. Counted in this process alone: it is no more than a brake."""
    if len(_lately) > 10_000:
        _lately.clear()
    times = _lately.setdefault(person, deque())
    while times and now - times[0] >= WITHIN:
        times.popleft()
    if len(times) >= MOST:
        raise TooMany(
            Text(
                "测试发得太频繁了，过几分钟再试",
                "That is a lot of tests: try again in a few minutes",
            ),
            WITHIN - (now - times[0]),
        )
    times.append(now)


async def send_test(
    channel: Channel,
    place: Place,
    *,
    text: Text = TEST_TEXT,
    language: Language,
    url: str,
    now: datetime,
) -> Outcome:
    """Try once. Takes as long as the far side, 15 s at most."""
    problem = channel.problem()
    if problem is not None:
        return later(problem.en)
    (outcome,) = await channel.send(
        [
            Outgoing(
                key=f"t{place.id}-{int(now.timestamp())}",
                kind="test",
                title=TEST_TITLE.within(language),
                text=text.within(language),
                url=url,
                language=language,
                at=now,
                address=place.address,
            )
        ]
    )
    return outcome

"""What the doctor finds about the ways out: (what, whether it is well, what there is to say)."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tracker.channels.vapid import subject_of
from tracker.deliveries.figures import Trouble, deaths, keys, seconds_since, troubles, waiting
from tracker.settings import Settings

Remark = tuple[str, bool, str]

LONG = timedelta(minutes=15)
"""That something may be due before somebody should look: a million take ten minutes."""
WEEK = timedelta(days=7)

_LOCAL = ("localhost", "127.0.0.1", "::1")


def on_channels(settings: Settings) -> list[Remark]:
    """What can be said without the database."""
    return [
        _whole(
            "e-mail",
            {"TRACKER_SMTP_URL": settings.smtp_url, "TRACKER_MAIL_FROM": settings.mail_from},
            "no mail is sent",
        ),
        _whole(
            "Mi Push",
            {
                "TRACKER_MIPUSH_SECRET": settings.mipush_secret,
                "TRACKER_MIPUSH_PACKAGE": settings.mipush_package,
            },
            "nothing is sent that way",
        ),
        _web_push(settings),
        _contact(settings),
    ]


def _whole(what: str, variables: dict[str, str | None], without: str) -> Remark:
    """Settings that go together: none of them is a choice, some of them a mistake."""
    missing = [name for name, value in variables.items() if value is None]
    if not missing:
        return what, True, "set up"
    if len(missing) == len(variables):
        return what, True, f"off: {missing[0]} is not set"
    return what, False, f"{missing[0]} is not set, and without it {without}: set it"


def _web_push(settings: Settings) -> Remark:
    parts = urlsplit(settings.base_url)
    if parts.scheme == "https":
        return "Web Push", True, "set up"
    if parts.hostname in _LOCAL:
        return "Web Push", True, "on this machine alone: browsers elsewhere want pages over https"
    return (
        "Web Push",
        False,
        f"browsers subscribe over https only, and TRACKER_BASE_URL is {settings.base_url}",
    )


def _contact(settings: Settings) -> Remark:
    told = subject_of(settings)
    if settings.contact is not None:
        return "contact", True, f"push services may write to {told}"
    said = f"TRACKER_CONTACT is not set: push services are told {told}"
    if told == settings.base_url or urlsplit(settings.base_url).hostname in _LOCAL:
        return "contact", True, said
    return "contact", False, f"{said}, which nobody reads: set it to mailto:you@example.com"


async def on_deliveries(*, now: datetime) -> list[Remark]:
    """What the database says."""
    found = [await _keys(), await _waiting(now), await _dead(now)]
    return found + [_trouble(one) for one in await troubles(now=now)]


async def _keys() -> Remark:
    found = await keys()
    if found.names:
        return "keys", True, ", ".join(found.names)
    if found.browsers:
        return (
            "keys",
            False,
            f"the key is gone that {found.browsers} browsers subscribed with: they hear nothing"
            " before they subscribe again. Restore the table “keys” from a backup",
        )
    return "keys", True, "will be made when the first is needed"


async def _waiting(now: datetime) -> Remark:
    found = await waiting(now=now)
    if not found.count:
        return "deliveries", True, "nothing waits"
    seconds = seconds_since(found.oldest, now)
    said = f"{found.count} wait, the oldest for {round(seconds / 60)} min"
    if seconds < LONG.total_seconds():
        return "deliveries", True, said
    return "deliveries", False, f"{said}: does `tracker serve` run, or `tracker work` on any host?"


async def _dead(now: datetime) -> Remark:
    """A few are to be expected: browsers and servers go."""
    found = await deaths(since=now - WEEK)
    if not found:
        return "dead letters", True, "none in the last week"
    by_channel = ", ".join(f"{one.count} {one.channel} (last: {one.detail})" for one in found)
    return (
        "dead letters",
        True,
        f"in the last week {by_channel}: `triage deliveries --state dead` says which",
    )


def _trouble(one: Trouble) -> Remark:
    """The server of one person is theirs to look after; one that many hear by is ours."""
    until = f"{one.until:%Y-%m-%d %H:%M} UTC"
    said = f"left alone until {until}, {one.places} hear there: {one.detail}"
    return f"host {one.host}", one.failures == 0 or one.places < 2, said

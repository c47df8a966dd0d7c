"""What a post says of its lines and of the testers behind them, for all the shapes it comes in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracker.devices.forms import BuildOut
from tracker.language import Text
from tracker.releases.forms import EntryOut

NAMED = 5
"""How many testers a line names; at the foot of a post there is room for more."""


def thanks(names: Sequence[str], *, most: int = NAMED) -> Text | None:
    """「感谢 小林、Bob 和另外 12 位」; null where nobody is to be named."""
    if not names:
        return None
    more = len(names) - most
    zh, en = "、".join(names[:most]), ", ".join(names[:most])
    if more > 0:
        return Text(f"感谢 {zh} 和另外 {more} 位", f"Thanks to {en} and {more} more")
    return Text(f"感谢 {zh}", f"Thanks to {en}")


def thanks_to_all(testers: int, names: Sequence[str]) -> Text | None:
    """The last word of a post: how many were heard, and who of them wants to be named."""
    heard = Text(
        f"这一期解决了 {testers} 位内测用户的反馈。",
        f"This release solves what {testers} tester{'s' * (testers != 1)} reported.",
    )
    named = thanks(names, most=50)
    if named is None:
        return Text(f"{heard.zh}谢谢。", f"{heard.en} Thank you.") if testers else None
    if not testers:
        return Text(f"{named.zh}。", f"{named.en}.")
    return Text(f"{heard.zh}{named.zh}。", f"{heard.en} {named.en}.")


def credited(entries: Iterable[EntryOut]) -> list[str]:
    """The names of all lines, each once, in the order in which they come."""
    return list(dict.fromkeys(name for entry in entries for name in entry.credits))


def is_withdrawn(entry: EntryOut, builds: list[BuildOut]) -> bool:
    """Whether nothing of a line is left: it was taken back for every model that it was for."""
    if entry.erratum is None:
        return False
    out = {build.device for build in builds if build.published_at is not None}
    return set(entry.models if entry.models is not None else out) <= set(entry.erratum.models)

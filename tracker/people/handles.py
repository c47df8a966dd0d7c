"""The names people are addressed by: in addresses, on the command line, in filters."""

from __future__ import annotations

import re
import unicodedata

from tracker.errors import Invalid
from tracker.language import Text

LONGEST = 40

# Plain ASCII, because a handle is typed in terminals and addresses; a display name may be anything.
_SHAPE = re.compile(r"[a-z0-9][a-z0-9_-]{1,39}")

# Names under which somebody could speak for the team, or which mean something in addresses.
_RESERVED_WORDS = (
    "admin administrator api anonymous everybody everyone help me miui moderator new none nobody"
    " null official orange-friday orangefriday root security staff support system team tracker"
    " triage undefined xiaomi"
)
_RESERVED = frozenset(_RESERVED_WORDS.split())


def normal(handle: str) -> str:
    """One spelling for what people type: full-width letters and capitals are the same handle."""
    return unicodedata.normalize("NFKC", handle).strip().lower().removeprefix("@")


def check_handle(handle: str) -> str:
    """The handle in its one spelling. Raises Invalid with what is wrong with it."""
    handle = normal(handle)
    if not 2 <= len(handle) <= LONGEST:
        problem = Text("用户名要 2 到 40 个字符", "A handle has 2 to 40 characters")
    elif not _SHAPE.fullmatch(handle):
        problem = Text(
            "用户名只能用小写字母、数字、- 和 _，并以字母或数字开头",
            "A handle is made of letters a to z, digits, - and _, and starts with a letter or digit",
        )
    elif handle in _RESERVED:
        problem = Text(
            f"「{handle}」是保留的，换一个吧", f"“{handle}” is reserved; please take another"
        )
    else:
        return handle
    raise Invalid({"handle": problem})


def taken(handle: str) -> Invalid:
    return Invalid(
        {
            "handle": Text(
                f"「{handle}」已经有人用了，换一个吧", f"“{handle}” is taken; please take another"
            )
        }
    )

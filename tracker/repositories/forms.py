"""What goes in and out about repositories and their webhooks."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tracker.repositories.tables import HostKind
from tracker.web.forms import says


class AddRepository(msgspec.Struct):
    """`models` by any of their names, with commas between; empty: all. `secret` empty: we make
    one."""

    host: Annotated[HostKind, says("选一下代码托管在哪里", "Choose where the code is")]
    name: Annotated[
        str,
        says(
            "写一下仓库的名字，最多 200 个字",
            "Give the repository’s name, of 200 characters at most",
            min_length=1,
            max_length=200,
        ),
    ]
    branch: Annotated[
        str,
        says(
            "写一个分支名，比如 main",
            "Give a branch, such as main",
            min_length=1,
            max_length=200,
            pattern=r"^[^\s~^:?*\[\\]+$",
        ),
    ] = "main"
    models: Annotated[
        str, says("太长了，最多 1000 个字", "Too long: 1,000 characters at most", max_length=1000)
    ] = ""
    secret: (
        Annotated[
            str,
            says(
                "密钥应为 16 到 200 个字符，没有空格；空着我们来生成",
                "A secret has 16 to 200 characters and no blanks; leave it empty and we make one",
                pattern=r"^[!-~]{16,200}$",
            ),
        ]
        | None
    ) = None


class Commit(msgspec.Struct, frozen=True):
    sha: str
    message: str


class Push(msgspec.Struct, frozen=True):
    """A webhook of any host, as far as it matters here.

    `why` it is about no commits, in a word of `words.IGNORED`; empty: it is. `left_out` is how
    many commits the host did not send along.
    """

    event: str
    why: str = ""
    project: str = ""
    branch: str = ""
    commits: list[Commit] = []
    left_out: int = 0


class Act(msgspec.Struct, frozen=True):
    """What a commit asked for and what became of it (`words.OUTCOMES`). `about` is what could not
    be read or found; `models` null: all."""

    commit: str
    subject: str
    act: str
    outcome: str
    proposal: int | None = None
    models: list[str] | None = None
    about: str = ""


class Delivered(msgspec.Struct, frozen=True):
    """What became of a webhook; `again`: it was here before, and nothing was done now."""

    push: Push
    acts: list[Act]
    again: bool = False


class Done(msgspec.Struct, frozen=True):
    commit: str
    proposal: str | None
    act: str
    models: list[str] | None
    outcome: str
    text: str


class DeliveredOut(msgspec.Struct, frozen=True):
    """The answer to a webhook, for whoever looks at the host's list of them. `status` is done,
    ignored or already."""

    status: str
    detail: str
    done: list[Done]
    not_done: list[Done]

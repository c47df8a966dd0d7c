"""What people send about themselves, and what the API says about them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracker.people.tables import Role
from tracker.web.forms import says

Handle = Annotated[
    str, says("用户名还空着", "The handle is still empty", min_length=1, max_length=200)
]
Password = Annotated[
    str, says("密码还空着", "The password is still empty", min_length=1, max_length=1000)
]
DisplayName = Annotated[
    str,
    says(
        "显示名要 1 到 40 个字",
        "A display name has 1 to 40 characters",
        min_length=1,
        max_length=40,
    ),
]
Zone = Annotated[
    str,
    says(
        "没有这个时区，写成 Asia/Shanghai 这样",
        "There is no such time zone; write one like Europe/Berlin",
        max_length=64,
    ),
]
Language = Annotated[Literal["zh", "en"], says("选一种语言", "Choose one of the two languages")]


class SignIn(msgspec.Struct, frozen=True):
    handle: Handle
    password: Password


class Profile(msgspec.Struct, frozen=True):
    display_name: DisplayName
    language: Language
    timezone: Zone


# Line ends, other control characters, and those that turn the direction of all that follows.
CreditName = Annotated[
    str,
    says(
        "名字最多 80 个字，写在一行里，不要用看不见的控制字符",
        "A name has at most 80 characters, on one line and without control characters",
        max_length=80,
        pattern=r"\A[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*\Z",
    ),
]


class Credit(msgspec.Struct, frozen=True):
    """Whether changelogs may name somebody, and how; an empty name stands for the display name."""

    credited: bool = False
    credit_name: CreditName = ""


class NewPassword(msgspec.Struct, frozen=True):
    current: Annotated[
        str, says("现在的密码还空着", "The present password is still empty", max_length=1000)
    ]
    new: Annotated[str, says("新密码还空着", "The new password is still empty", max_length=1000)]


class NewToken(msgspec.Struct, frozen=True):
    name: Annotated[
        str,
        says(
            "给令牌起个名字，比如「我的笔记本」",
            "Give the token a name, like “my laptop”",
            min_length=1,
            max_length=80,
        ),
    ]


class MeOut(msgspec.Struct, frozen=True):
    """The person a token belongs to."""

    handle: str
    display_name: str
    role: Role
    language: str
    timezone: str

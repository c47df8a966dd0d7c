"""What the robots of team chats have in common.

Each has one address, which is a secret, and some sign what they are sent. They answer in the body
whether they took it: HTTP 200 alone says nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import httpx
import msgspec

from tracker.channels.addresses import read_address
from tracker.channels.base import Address, ChannelName, Limits, Outcome, Outgoing, later, refused
from tracker.channels.web import NOT_JSON, Web, outcome_of
from tracker.errors import Invalid
from tracker.language import Language, Text

MINUTE = 60.0

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")
_SECRET = re.compile(r"[!-~]{8,200}")

EMPTY = Text("填写机器人的 Webhook 地址：{example}", "Give the robot's webhook address: {example}")
NOT_OURS = Text(
    "这不是{vendor}机器人的地址，它的样子是 {example}",
    "This is not the address of a {vendor} robot, which looks like {example}",
)
NOT_A_SECRET = Text(
    "签名密钥没有空格和中文，至少 8 个字符，从机器人的安全设置里重新复制一次",
    "A signing secret has no spaces or accents and 8 characters or more: copy it from the robot's"
    " security settings once more",
)
OPEN = Text("打开看看", "Open")


class Robot:
    """What a vendor's adapter fills in, and what is the same for all."""

    name: ClassVar[ChannelName]
    together: ClassVar[int] = 1
    limits: Limits
    vendor: ClassVar[Text]
    servers: ClassVar[tuple[str, ...]]
    """Names that its robots' addresses may have."""
    path: ClassVar[str]
    """Of an address, up to the token of the robot."""
    signs: ClassVar[bool]
    """Whether its robots can ask for a signature."""

    def __init__(self, web: Web, *, private: bool) -> None:
        self._web = web
        self._private = private

    @property
    def example(self) -> str:
        return f"https://{self.servers[0]}{self.path}…"

    def problem(self) -> Text | None:
        return None

    def read(self, form: Mapping[str, str]) -> Address:
        """From `url` and, where its robots sign, `secret`, which may be empty. What else stands in
        the address, such as the signature of an example, is left out."""
        problems: dict[str, Text] = {}
        url = ""
        try:
            url = self._address(form.get("url", "").strip())
        except Invalid as problem:
            problems |= problem.problems
        secret = form.get("secret", "").strip() if self.signs else ""
        if secret and not _SECRET.fullmatch(secret):
            problems["secret"] = NOT_A_SECRET
        if problems:
            raise Invalid(problems)
        return {"url": url, **({"secret": secret} if secret else {})}

    def _address(self, typed: str) -> str:
        if not typed:
            raise Invalid({"url": EMPTY.filled(example=self.example)})
        url = read_address(typed, "url", private=self._private)
        path, _, name = self.path.partition("?")
        if name:
            token = url.params.get(name.rstrip("="), "")
            found = url.path == path and token
        else:
            token = url.path.removeprefix(path)
            found = url.path.startswith(path) and token
        known = self._private or (url.host in self.servers and url.port is None)
        if not found or not known or not _TOKEN.fullmatch(token):
            raise Invalid(
                {
                    "url": Text(
                        NOT_OURS.zh.format(vendor=self.vendor.zh, example=self.example),
                        NOT_OURS.en.format(vendor=self.vendor.en, example=self.example),
                    )
                }
            )
        return f"{url.scheme}://{url.netloc.decode()}{self.path}{token}"

    def key(self, address: Address) -> str:
        """Not the address itself: what is the key outlives it, and is seen by more people."""
        return hashlib.sha256(address["url"].encode()).hexdigest()

    def host(self, address: Address) -> str:
        """One robot: each has limits of its own."""
        return f"{httpx.URL(address['url']).netloc.decode()}/{self.key(address)[:12]}"

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        return [await self._send(out) for out in messages]

    async def _send(self, out: Outgoing) -> Outcome:
        answer = await self._web.post(
            self._signed(out.address),
            content=self._body(out),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )
        if isinstance(answer, Outcome):
            return answer
        status = answer.status_code
        code, message = _read(answer, self._codes)
        if code is not None and status < 500:
            return self._meaning(code, message.lower())
        if status == 429 or status >= 500:
            return outcome_of(answer)
        if answer.is_success:
            # A page of somebody's proxy, say.
            return later(f"HTTP {status} without {self.vendor.en}'s answer")
        return refused(f"HTTP {status} without {self.vendor.en}'s answer")

    _codes: ClassVar[tuple[str, str]]
    """The names of number and message in an answer."""

    def _signed(self, address: Address) -> str:
        """Where it is sent, with the signature if it stands there."""
        return address["url"]

    def _body(self, out: Outgoing) -> bytes:
        raise NotImplementedError

    def _meaning(self, code: int, message: str) -> Outcome:
        """`message` is in small letters. It is not passed on."""
        raise NotImplementedError


def _read(answer: httpx.Response, names: tuple[str, str]) -> tuple[int | None, str]:
    try:
        said: Any = msgspec.json.decode(answer.content)
    except NOT_JSON:
        return None, ""
    code = said.get(names[0]) if isinstance(said, dict) else None
    if not isinstance(code, int):
        return None, ""
    return code, str(said.get(names[1]) or "")


def shortened(text: str, language: Language, fits: Callable[[str], bool]) -> str:
    """As many whole lines from the top as fit, and how many are left out."""
    if fits(text):
        return text
    lines = text.split("\n")

    def first(n: int) -> str:
        left = sum(1 for line in lines[n:] if line)
        more = Text(f"……还有 {left} 行", f"… and {left} more line{'s' * (left > 1)}")
        return "\n".join(("\n".join(lines[:n]).rstrip(), more.within(language)))

    most = _most(len(lines) - 1, lambda n: fits(first(n)))
    if most:
        return first(most)
    line = lines[0]
    return line[: _most(len(line), lambda n: fits(line[:n] + "…"))] + "…"


def _most(n: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to `n` that fits, where all below it do; 0 where none does."""
    least = 0
    while least < n:
        middle = (least + n + 1) // 2
        least, n = (middle, n) if fits(middle) else (least, middle - 1)
    return least


# Titles of reports are typed by anybody. None of these robots says how to write one of its marks as
# itself, so those that could make a link, a picture or a call to everybody are written otherwise.
_PLAIN = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "'"})


def without_marks(text: str) -> str:
    return text.translate(_PLAIN)

"""What channels are called, and what became of a test."""

from __future__ import annotations

import re

from tracker.channels.base import ChannelName, Outcome, Verdict
from tracker.language import Text

NAMES: dict[ChannelName, Text] = {
    ChannelName.WEBPUSH: Text("浏览器推送", "Browser push"),
    ChannelName.EMAIL: Text("邮件", "E-mail"),
    ChannelName.MIPUSH: Text("小米推送", "Mi Push"),
    ChannelName.NTFY: Text("ntfy", "ntfy"),
    ChannelName.WEBHOOK: Text("Webhook", "Webhook"),
    ChannelName.FEISHU: Text("飞书机器人", "Feishu robot"),
    ChannelName.WECOM: Text("企业微信机器人", "WeCom robot"),
    ChannelName.DINGTALK: Text("钉钉机器人", "DingTalk robot"),
}

WHAT: dict[ChannelName, Text] = {
    ChannelName.WEBPUSH: Text(
        "直接弹在这台手机或电脑上，页面关着也能收到",
        "Shown on this phone or computer, also while the page is closed",
    ),
    ChannelName.EMAIL: Text(
        "发到你的邮箱，每封都能一键退订", "To your mailbox; every mail can end it with one click"
    ),
    ChannelName.MIPUSH: Text(
        "由手机厂商的应用接收，锁屏上直接看到",
        "Received by the phone maker’s app, straight on the lock screen",
    ),
    ChannelName.NTFY: Text(
        "发到你订阅的 ntfy 主题，公共的和自己的服务器都可以",
        "To an ntfy topic of yours, on the public server or your own",
    ),
    ChannelName.WEBHOOK: Text(
        "发给你自己的程序，按 Standard Webhooks 签名",
        "To a program of yours, signed as Standard Webhooks has it",
    ),
}
"""Of the channels that people have. In the order in which they are offered."""

TEST_TITLE = Text("收到了", "It works")
TEST_TEXT = Text(
    "这是一条测试。以后你的反馈有了结果，会像这样告诉你。",
    "This is a test. News of your reports will reach you like this.",
)

_SENT = Text("测试已发出，看看收到没有", "The test is sent: see whether it has arrived")
_GONE = Text(
    "对方说这个地址已经不在了，所以把它移除了",
    "The far side says that this address is no more, so it was removed",
)
_REFUSED = Text(
    "对方不收这条消息。检查一下地址，移除后重新添加一次",
    "The far side does not take it. Check the address: remove it and add it again",
)
_LATER = Text(
    "现在送不到：地址连不上，或对方没有接受。检查地址，过一会儿再试",
    "It cannot be delivered now: the address is out of reach, or did not take it. Check the "
    "address, and try again in a while",
)


_LOCKED_OUT = Text(
    "对方没有让我们进去（HTTP {status}）。检查令牌，或者那里允许谁发送",
    "The far side does not let us in (HTTP {status}). Check the token, or who may send there",
)
_BUSY = Text(
    "对方说太频繁了（HTTP {status}），过一会儿再试",
    "It is too much for the far side just now (HTTP {status}): try again in a while",
)
_FAULT = Text(
    "对方出错了（HTTP {status}），过一会儿再试",
    "The far side has a fault (HTTP {status}): try again in a while",
)
_NOT_TAKEN = Text(
    "对方没有收下，回答是 HTTP {status}。检查地址",
    "The far side did not take it and answered HTTP {status}. Check the address",
)


def _answered(status: int) -> Text:
    if status in (401, 403):
        return _LOCKED_OUT.filled(status=status)
    if status == 429:
        return _BUSY.filled(status=status)
    return (_FAULT if status >= 500 else _NOT_TAKEN).filled(status=status)


def told_of_test(outcome: Outcome, *, private: bool) -> Text:
    """In a sentence. How it failed is told where the far side answered, on the internet: what a
    server on our network answers, if `private` addresses are allowed, is no business of whoever
    typed its address."""
    status = re.match(r"HTTP (\d{3})\b", outcome.detail)
    if status and not private and outcome.verdict in (Verdict.LATER, Verdict.REFUSED):
        return _answered(int(status[1]))
    return {
        Verdict.SENT: _SENT,
        Verdict.GONE: _GONE,
        Verdict.REFUSED: _REFUSED,
        Verdict.LATER: _LATER,
    }[outcome.verdict]

"""Why somebody was told, how it got to them, and why not, in their words.

`{at}` stands for a time, in the reader's zone. Nothing of a delivery's `detail` is repeated: that is
for engineers, and partly a stranger's words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asyncpg import Record

from tracker.deliveries.actions import GIVEN_UP_BY
from tracker.language import Text
from tracker.notices.tables import DeliveryState, NoticeKind
from tracker.subscriptions.choices import CALLED
from tracker.subscriptions.defaults import ALARMS, NEWS
from tracker.subscriptions.preferences import Chosen


def why_told(kind: str, data: dict[str, Any], *, mine: bool, looks_after: bool) -> Text:
    """What of theirs a notice is about. `mine`: they filed its report; `looks_after`: it is theirs
    to work on. Both as of now, the rest as of then."""
    if kind in (NoticeKind.FRIDAY, NoticeKind.BUILD):
        return _of_news(data["reports"])
    if kind == NoticeKind.CORRECTION:
        named = _named(data["reports"])
        return Text(
            f"之前告诉过你 {named.zh} 解决了，这一条更正它。",
            f"You had been told that {named.en} is fixed, and this takes it back.",
        )
    if kind == NoticeKind.BLOCKED:
        return Text(
            "车发不出去的时候，每个发布负责人和管理员都会收到。",
            "Every captain and admin is told when a train cannot leave.",
        )
    if kind == NoticeKind.REOPENED:
        return Text(
            f"{data['proposal']} 由你负责；没有人负责或者问题严重时，发布负责人也会收到。",
            f"{data['proposal']} is yours; where it is nobody’s, or severe, captains are told.",
        )
    return _of_one(kind, data, mine=mine, looks_after=looks_after)


def _named(reports: list[dict[str, Any]]) -> Text:
    names = [f"R-{one['report']}" for one in reports]
    return Text("、".join(names), ", ".join(names))


def _of_news(reports: list[dict[str, Any]]) -> Text:
    zh, en = [], []
    for own in (True, False):
        some = [one for one in reports if one["own"] == own]
        if not some:
            continue
        named, builds = _named(some), "、".join(dict.fromkeys(one["build"] for one in some))
        it = "it" if len(some) == 1 else "them"
        if own:
            zh.append(f"{named.zh} 是你提交的，已在 {builds} 解决。")
            en.append(f"You filed {named.en}, and build {builds} solves {it}.")
        else:
            zh.append(f"你对 {named.zh} 说过「我也是」，{builds} 在你的机型上解决了。")
            en.append(
                f"You said “me too” on {named.en}, and build {builds} solves {it} on your model."
            )
    return Text("".join(zh), " ".join(en))


def _of_one(kind: str, data: dict[str, Any], *, mine: bool, looks_after: bool) -> Text:
    name, by = f"R-{data['report']}", data.get("by") or ""
    if kind == NoticeKind.SEVERE:
        return Text(
            f"{name} 是严重的问题，负责它的人、每个发布负责人和管理员都会马上收到。",
            f"{name} is severe: who looks after it and every captain and admin is told at once.",
        )
    if kind in (NoticeKind.QUESTION, NoticeKind.CLOSURE) or (
        kind == NoticeKind.REPLY and mine and not looks_after
    ):
        did = {
            NoticeKind.QUESTION: Text("想请你补充", "has a question for you"),
            NoticeKind.CLOSURE: Text("把它关闭了", "closed it"),
        }.get(NoticeKind(kind), Text("回复了你", "answered you"))
        return Text(
            f"{name} 是你提交的，{by} {did.zh}。",
            f"You filed {name}, and {by or 'somebody'} {did.en}.",
        )
    acted = {
        NoticeKind.ANSWER: Text("或者是你提的问题", "or the question was yours"),
        NoticeKind.APPEAL: Text("或者是你关闭的", "or you closed it"),
    }.get(NoticeKind(kind))
    if acted is not None and not looks_after:
        return Text(f"{name} 由你负责，{acted.zh}。", f"{name} is yours to look after, {acted.en}.")
    return Text(f"{name} 由你负责。", f"{name} is yours to look after.")


_WENT = Text("{at} 送出，对方已收下", "Sent {at}, and taken at the other end")
_SENDING = Text("正在送", "Being sent right now")
_QUIET = Text("你在免打扰时间，等到 {at} 再送", "Your quiet hours: it waits until {at}")
_QUEUED = Text("排着队，马上就送", "In the queue: it leaves in a moment")
_HOST_AWAY = Text(
    "对方的服务器暂时连不上，等它恢复；最早 {at} 再试",
    "The server at the other end is out of reach: we wait for it, and try again at {at} at the"
    " earliest",
)
_AGAIN = Text(
    "还没送到：对方没有回应，或者没有接受；{at} 再试",
    "Not there yet: the other end did not answer, or did not take it. Next try: {at}",
)
_ENDED_BY_TEAM = Text("没送到：团队停止了这一条", "Not sent: the team gave this one up")
_TOO_LONG = Text(
    "没送到：试了很久，对方一直没有回应或没有接受，不再试了",
    "Not sent: we tried for days, and the other end did not answer or did not take it",
)
_NOT_TAKEN = Text(
    "没送到：对方不收这一条。如果总是这样，移除这一处再重新添加",
    "Not sent: the other end does not take it. If that happens again, remove the place and add it"
    " once more",
)


def went(row: Record, kind: str, now: datetime) -> tuple[Text, datetime | None, bool]:
    """Of a delivery with its place: what to say, the time in it, and whether it has arrived."""
    state, due = row["state"], row["due_at"]
    if state == DeliveryState.SENT:
        return _WENT, row["settled_at"], True
    if state == DeliveryState.DEAD or due is None:
        return *_dead(row), False
    if state == DeliveryState.PENDING and due > now and not row["attempts"] and kind not in ALARMS:
        return _QUIET, due, False
    if row["paused_until"] is not None:
        return _HOST_AWAY, max(due, row["paused_until"]), False
    if due <= now:
        return _QUEUED, None, False
    if state == DeliveryState.FAILED:
        return _AGAIN, due, False
    # Claimed, it is due again when its lease ends.
    return _SENDING, None, False


def _dead(row: Record) -> tuple[Text, datetime | None]:
    if row["detail"].startswith(GIVEN_UP_BY):
        return _ENDED_BY_TEAM, None
    if row["detail"].startswith("given up: "):
        return _TOO_LONG, None
    if row["gone_at"] is not None:
        return _removed(row), row["gone_at"]
    return _NOT_TAKEN, None


_SIGNED_OUT = Text(
    "{at} 你在那里退出了登录，推送也跟着停了",
    "You signed out there {at}, and the push ended with it",
)
_BY_YOU = Text("{at} 你移除了它", "You removed it {at}")
_BY_LINK = Text("{at} 你用通知里的链接退订了", "You ended it {at}, by the link in a message")
_TAKEN_OVER = Text(
    "{at} 另一个账号开始在那里收通知，就不再发给你",
    "Another account took it over {at}, so yours no longer goes there",
)
_NO_MORE = Text(
    "{at} 对方说这个地址已经不在了，所以移除了；想再收到就重新添加",
    "The other end said {at} that this address is no more, so it was removed: add it again to hear"
    " there",
)


def _removed(row: Record) -> Text:
    return {
        "removed by its owner": _BY_YOU,
        "signed out": _SIGNED_OUT,
        "ended by its link": _BY_LINK,
        "taken over by another account": _TAKEN_OVER,
    }.get(row["gone_because"], _NO_MORE)


_LATER_ADDED = Text("{at} 才添加，在这条通知之后", "Added {at}, after this notice")
_UNCONFIRMED = Text(
    "还没确认：打开那封确认信，点里面的链接",
    "Not confirmed yet: open the mail that asks for it, and follow its link",
)
_LATER_CONFIRMED = Text("{at} 才确认，在这条通知之后", "Confirmed {at}, after this notice")
_CHOSEN_SINCE = Text(
    "你的设置在 {at} 改过，当时为什么没发到这里，已经查不到了",
    "You changed your settings {at}: why it was not sent here then can no longer be known",
)
_INBOX_ONLY = Text("你选了「只留站内」", "You chose everything off but the inbox")
_FRIDAYS_ONLY = Text("你选了「只要周五的消息」", "You chose only Fridays")
_UNKNOWN = Text(
    "查不到为什么：按现在的设置应该会发。可以问问管理员",
    "It cannot be known: as you have set it now, it would be sent. An admin may know more",
)


def not_sent(
    row: Record, kind: str, made: datetime, chosen: Chosen
) -> tuple[Text, datetime | None]:
    """Of a place to which a notice never went: why, and the time in it."""
    if row["created_at"] > made:
        return _LATER_ADDED, row["created_at"]
    if row["gone_at"] is not None and row["gone_at"] <= made:
        return _removed(row), row["gone_at"]
    if row["confirmed_at"] is None:
        return _UNCONFIRMED, None
    if row["confirmed_at"] > made:
        return _LATER_CONFIRMED, row["confirmed_at"]
    if chosen.changed_at is not None and chosen.changed_at > made:
        return _CHOSEN_SINCE, chosen.changed_at
    if chosen.inbox_only:
        return _INBOX_ONLY, None
    if kind not in chosen.kinds[row["channel"]]:
        called = CALLED[kind]
        return (
            Text(
                f"在这个渠道，「{called.zh}」是关着的",
                f"“{called.en}” is switched off for this channel",
            ),
            None,
        )
    if chosen.fridays_only and kind not in ALARMS | NEWS:
        return _FRIDAYS_ONLY, None
    return _UNKNOWN, None

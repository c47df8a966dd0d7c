"""What people say below the posts."""

from __future__ import annotations

from datetime import datetime

from tracker.comments.actions import hide_comment, post_comment
from tracker.comments.forms import Say
from tracker.comments.queries import published_on
from tracker.sample.script import Script

# When, who, below the post of which week, what.
_SAID = (
    ("2 fri 17:40", "charlie", 1, "第一次看到写得这么清楚的更新日志，哪个机型有什么一眼就明白。"),
    ("2 fri 19:15", "maple", 1, "Reading it on the train home. My tablet is next, I hope."),
    ("3 sat 09:20", "bamboo", 2, "更新完用了一晚上，**续航**比上周好一些。"),
    ("3 mon 19:30", "comet", 2, "Good that the correction stands right where the line was."),
    ("3 mon 20:05", "jonas", 2, "It stays there. The next attempt gets a line of its own."),
    ("4 fri 17:25", "kiwi", 3, "在更新日志里看到自己的名字，有点开心。"),
    ("4 fri 18:10", "bob", 3, "Updated at once. I like that it says what is *not* in it as well."),
    ("4 fri 20:05", "sparrow", 3, "MIX Fold 2 大概什么时候能到？"),
    (
        *("4 sat 10:20", "cai", 3),
        "内屏边缘点不动的问题还在处理。修好当天就发，会直接通知你，不用等下个周五。",
    ),
    ("4 sat 11:02", "sparrow", 3, "好的，谢谢。"),
)


def tell(script: Script) -> None:
    for when, who, week, text in _SAID:
        _says(script, when, who, week, text)

    async def advertises(at: datetime) -> None:
        number = await _say(script, "luckystar", 1, "低价出内测资格，先到先得，加我。", at)
        advertised.append(number)

    async def is_hidden(at: datetime) -> None:
        await hide_comment(script.people["erin"], advertised[0], now=at)

    advertised: list[int] = []
    script.at("2 mon 23:40", advertises)
    script.at("2 tue 08:50", is_hidden)


def _says(script: Script, when: str, who: str, week: int, text: str) -> None:
    script.at(when, lambda at: _say(script, who, week, text, at))


async def _say(script: Script, who: str, week: int, text: str, at: datetime) -> int:
    release, _ = await published_on(str(script.weeks.trains[week]))
    return await post_comment(script.people[who], release, Say(text), now=at)

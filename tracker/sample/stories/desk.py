"""What the captain wrote down for the desk, before the first report came in."""

from __future__ import annotations

from datetime import datetime

from tracker.desk.actions import keep_reply
from tracker.desk.forms import KeepReply
from tracker.desk.rule_forms import KeepRule
from tracker.desk.rule_keeping import keep_rule
from tracker.desk.tables import ReplyKind
from tracker.reports.tables import SEVERE, Reason
from tracker.sample.script import Script

_REPLIES = {
    "need-log": KeepReply(
        ReplyKind.QUESTION,
        "{reporter}，方便的话，在{device}上再出现时抓一份日志，附到 {report}。当时在用哪个应用？",
        "{reporter}, when it happens again on your {device}, could you take a log and add it to"
        " {report}? Which app was open?",
    ),
    "thanks": KeepReply(
        ReplyKind.REPLY,
        "{reporter}，收到了，谢谢。有进展会在这里告诉你。",
        "{reporter}, we have it, thank you. You will hear of it here.",
    ),
    "by-design": KeepReply(
        ReplyKind.CLOSURE,
        "{module}现在是有意这样设计的。如果你希望它不一样，欢迎再提一个建议。",
        "{module} works like this by design. If you would like it otherwise, a suggestion is"
        " welcome.",
        Reason.AS_INTENDED,
    ),
}
_RULES = {
    "severe": KeepRule(severities=[*SEVERE], owner="erin", labels=["severe"]),
    "heat": KeepRule(
        words=["发烫", "发热", "hot", "warm"], labels=["overheating"], reply="need-log"
    ),
    "camera-quits": KeepRule(
        words=["闪退", "退出", "crash", "closes"], module="camera", owner="lin", labels=["crash"]
    ),
    "battery-drain": KeepRule(
        words=["耗电", "掉电", "drains"], module="battery", labels=["drain"], enabled=False
    ),
}


def tell(script: Script) -> None:
    cai = script.people["cai"]

    async def write(at: datetime) -> None:
        for name, reply in _REPLIES.items():
            await keep_reply(cai, name, reply, now=at)
        for name, rule in _RULES.items():
            await keep_rule(cai, name, rule, now=at)

    script.at("1 fri 17:05", write)

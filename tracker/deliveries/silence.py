"""Why somebody did not hear of a report, or not more."""

from __future__ import annotations

from tracker.deliveries.ways import Told
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports.queries import Full
from tracker.reports.tables import Status

_NEITHER = Text(
    "这个反馈不是你提交的，你也没有说过「我也是」。它的消息只告诉提交者和说过「我也是」的人。",
    "You neither filed this report nor said “me too”. News of it goes to those who did.",
)
_UNHEARD = Text(
    "刚刚有了变化。通知会等一小会儿再发，万一是误操作，还来得及收回。",
    "Something has just happened. Notices wait for a moment, in case it was a slip and is taken back.",
)
_TAKEN_BACK = Text(
    "有过一次提问或关闭，在通知发出之前就收回了，或者你已经在页面上回应过，所以没有通知你。",
    "There was a question or a closure that was taken back before you were told, or that you had"
    " seen to already: so there was no notice of it.",
)
_NOT_FIXED = Text(
    "它还没有修好。修好并且进了你机型的版本，那天会告诉你。",
    "It is not fixed yet. You are told on the day that a build for your model brings the fix.",
)
_ON_ITS_WAY = Text(
    "它已经修好，还没有进你机型的版本。进了那天会告诉你。",
    "It is fixed, and not in a build for your model yet. You are told on the day that it is.",
)
_OWN_ACTS = Text(
    "你自己做的事，比如撤回、回复、申诉，不会再通知你。",
    "You are not told of what you did yourself, such as withdrawing, answering or appealing.",
)
_CLOSED = Text(
    "它已关闭。关闭时告诉过提交者，之后没有新的消息。",
    "It is closed. Its reporter was told so, and there has been no news since.",
)
_NO_RECORD = Text(
    "它解决的时候没有给你的通知：可能是从别处导入的，或者那时你的版本里已经有这个修复了。",
    "There was no notice for you when it was solved: it may have been imported, or the build you had"
    " then brought the fix already.",
)
_TOO_ONLY_FIXES = Text(
    "你说过「我也是」：只有在你的机型上解决时才会告诉你，提问和回复只给提交者。",
    "You said “me too”: you are told when it is fixed for your model. Questions and replies go to"
    " its reporter.",
)


def reasons(person: Person, report: Full, told: Told) -> list[Text]:
    """In the order in which they matter. Empty where everything there was to tell has been told."""
    own = report.reporter_id == person.id
    if not (own or told.too or told.notices or person.is_staff):
        return [_NEITHER]
    found = [_UNHEARD] if own and told.unheard else []
    news = any(one.kind in ("friday", "build") for one in told.notices)
    if told.too and not own:
        if not told.reached:
            found.append(
                Text(
                    f"还没有修到你说「我也是」的机型：{told.too.zh}。",
                    f"It is not fixed for the model that you said “me too” for: {told.too.en}.",
                )
            )
        elif not news:
            found.append(_NO_RECORD)
        found.append(_TOO_ONLY_FIXES)
    elif own:
        found += _of_ones_own(report, solved_unsaid=not news and not told.unheard)
        if told.taken_back:
            found.append(_TAKEN_BACK)
    if told.own_act:
        found.append(_OWN_ACTS)
    return found


def _of_ones_own(report: Full, *, solved_unsaid: bool) -> list[Text]:
    if report.status == Status.CLOSED:
        return [_CLOSED]
    if report.standing in (Status.RELEASED, Status.VERIFIED):
        return [_NO_RECORD] if solved_unsaid else []
    return [_ON_ITS_WAY if report.standing == Status.FIXED else _NOT_FIXED]

"""The page of a report, and everything people send from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.desk.forms import FilledReply
from tracker.desk.queries import filled_for
from tracker.desk.rule_queries import team
from tracker.devices import queries as devices
from tracker.devices.choosing import at_their_fields, chosen_phone
from tracker.errors import Conflict, Invalid, NotAllowed, Superseded
from tracker.language import Text
from tracker.numbers import report_number
from tracker.people.authentication import SignedIn, testers_only
from tracker.proposals import verifying
from tracker.proposals.forms import Verify
from tracker.proposals.words import OUTCOMES
from tracker.releases.queries import boarding
from tracker.reports import actions, closing
from tracker.reports.forms import Ask, Close, MeToo, Post
from tracker.reports.report_view import view_of
from tracker.reports.tables import Reason
from tracker.timetable import Timetable
from tracker.web.errors import STATUS_OF
from tracker.web.forms import read_form
from tracker.web.redirects import go_to, local
from tracker.web.requests import Now, language_of
from tracker.web.templating import Page, page, zone

SAID: dict[str, tuple[str, Text]] = {
    "filed": (
        "good",
        Text(
            "提交好了。有进展会出现在「通知」里。",
            "It is filed. News of it will be under Notices.",
        ),
    ),
    "posted": ("good", Text("已发出。", "Sent.")),
    "answered": (
        "good",
        Text("谢谢，工程师接着处理。", "Thank you. The engineers go on from here."),
    ),
    "affected": (
        "good",
        Text(
            "记下了。在你的机型上修好时会告诉你。",
            "Counted. You will be told when it is fixed for your model.",
        ),
    ),
    "unaffected": ("", Text("好，不再把你算在内。", "You are no longer counted.")),
    "taken_back": (
        "",
        Text("已撤回。可以随时重新打开。", "Withdrawn. You can reopen it any time."),
    ),
    "withdrawing": (
        "wait",
        Text(
            "严重的问题由两个人一起关闭：等一位工程师确认。",
            "A severe problem takes two people to close: an engineer has to agree.",
        ),
    ),
    "open_again": ("good", Text("已重新打开，从原来的地方继续。", "Open again, where it was.")),
    "appealed": ("good", Text("申诉已送到，工程师会再看一次。", "An engineer will look again.")),
    "owned": ("good", Text("负责人定好了。", "It is theirs to look after.")),
    "labelled": ("good", Text("标签加好了。", "Labelled.")),
    "unlabelled": ("", Text("标签去掉了。", "The label is off.")),
    **OUTCOMES,
}
"""What is told once after something was sent, by the word in the address."""

Sent = Mapping[str, Any]
Act = Callable[[Sent], Awaitable[str]]


async def _train(request: SignedIn, now: Now) -> date:
    return await boarding(Timetable.of(request.app.state.settings), now)


class OneReport(Controller):
    path = "/reports/{name:str}"
    guards = (testers_only,)

    @get()
    async def show(self, request: SignedIn, name: FromPath[str], now: Now) -> Page:
        return await _page(request, report_number(name), now=now)

    @get(
        [
            *("/messages", "/answer", "/affected", "/affected/removal"),
            *("/withdrawal", "/reopening", "/appeal", "/verification"),
        ],
        sync_to_thread=False,
    )
    def only_sent(self, name: FromPath[str]) -> Response[Any]:
        """What was refused stands at these addresses; loading one again is the page itself."""
        return go_to(f"/reports/R-{report_number(name)}")

    @post("/messages")
    async def say(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            form = read_form(Post, {"text": sent.get("message"), "internal": sent.get("internal")})
            await actions.post_message(request.user, report_number(name), form, now=now)
            return "posted"

        return await take(request, name, act, {"text": "message"}, now=now)

    @post("/answer")
    async def answer(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        """The answer to the question that is open; a message where none is any more."""

        async def act(sent: Sent) -> str:
            form = read_form(Post, {"text": sent.get("answer")})
            await actions.post_message(request.user, report_number(name), form, now=now)
            return "answered"

        return await take(request, name, act, {"text": "answer"}, now=now)

    @post("/affected")
    async def join(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            phones = await devices.phones_of(request.user)
            try:
                device, build = await chosen_phone(sent, phones)
                values = {"device": device, "build": build, "text": sent.get("experience")}
                form = read_form(MeToo, values)
                await actions.say_me_too(request.user, report_number(name), form, now=now)
            except Invalid as invalid:
                raise Invalid(at_their_fields(invalid.problems, sent, phones)) from None
            return "affected"

        return await take(request, name, act, {"text": "experience"}, now=now)

    @post("/affected/removal")
    async def leave(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            await actions.unsay_me_too(request.user, report_number(name), now=now)
            return "unaffected"

        return await take(request, name, act, {}, now=now)

    @post("/withdrawal")
    async def withdraw(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            values = {"reason": Reason.WITHDRAWN, "text": sent.get("farewell")}
            closed = await closing.close(
                request.user, report_number(name), read_form(Close, values), now=now
            )
            return "taken_back" if closed else "withdrawing"

        return await take(request, name, act, {"text": "farewell"}, now=now)

    @post("/reopening")
    async def reopen(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            await closing.reopen(request.user, report_number(name), now=now)
            return "open_again"

        return await take(request, name, act, {}, now=now)

    @post("/appeal")
    async def appeal(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            form = read_form(Ask, {"text": sent.get("appeal")})
            await closing.appeal(request.user, report_number(name), form, now=now)
            return "appealed"

        return await take(request, name, act, {"text": "appeal"}, now=now)

    @post("/verification")
    async def verify(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            form = read_form(Verify, {**sent, "text": sent.get("findings")})
            return await verifying.verify(
                request.user, report_number(name), form, now=now, train=await _train(request, now)
            )

        return await take(request, name, act, {"text": "findings"}, now=now)


async def take(
    request: SignedIn, name: str, act: Act, fields: dict[str, str], *, now: Now
) -> Response[Any]:
    """Do it and go back to the report, or show it again with all that was typed and the reason.

    `fields` says how the page calls a field of the form that was read.
    """
    sent = dict(await request.form())
    try:
        told = await act(sent)
    except (Invalid, Conflict, NotAllowed, Superseded) as refusal:
        problems = refusal.problems if isinstance(refusal, Invalid) else {"": refusal.reason}
        return await _page(
            request,
            report_number(name),
            now=now,
            status=STATUS_OF[type(refusal)],
            problems={fields.get(field, field): words for field, words in problems.items()},
            values=sent,
        )
    back = local(str(sent.get("next", "")), otherwise=f"/reports/{name}")
    return go_to(f"{back}{'&' if '?' in back else '?'}told={told}")


async def _page(
    request: SignedIn,
    number: int,
    *,
    now: Now,
    status: int = 200,
    problems: dict[str, Text] | None = None,
    values: Sent | None = None,
) -> Page:
    person = request.user
    view = await view_of(
        person,
        number,
        now=now,
        today=now.astimezone(zone(person.timezone)).date(),
        language=language_of(request),
    )
    replies = await filled_for(person, view.report) if person.is_staff and not view.own else []
    return await page(
        request,
        "reports/show.html",
        status=status,
        view=view,
        report=view.report,
        replies=replies,
        team=await team(person) if person.is_staff else [],
        told=SAID.get(request.query_params.get("told", "")),
        problems=problems or {},
        values=values or _chosen(replies, request.query_params.get("saved", "")),
    )


def _chosen(replies: Sequence[FilledReply], name: str) -> Sent:
    """The box for a message with the saved reply in it, to be changed before it is sent."""
    return next(({"message": one.text} for one in replies if one.name == name), {})

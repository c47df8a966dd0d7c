"""The question "is it fixed?" by link: answered with one tap, by whoever holds the link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.errors import Conflict, Invalid
from tracker.language import Text
from tracker.people.authentication import Anybody
from tracker.people.tables import Person
from tracker.proposals.asking import Question, person_of, question_of
from tracker.proposals.forms import Verify
from tracker.proposals.links import Expired, read_token
from tracker.proposals.verifying import verify
from tracker.proposals.words import AFTERWARDS, OUTCOMES
from tracker.releases.queries import boarding
from tracker.timetable import Timetable
from tracker.web.errors import STATUS_OF
from tracker.web.forms import read_form
from tracker.web.guards import ANONYMOUS
from tracker.web.redirects import go_to
from tracker.web.requests import Now, suppose_language
from tracker.web.signing import KEY_IN_ADDRESS
from tracker.web.templating import Page, page


class Answering(Controller):
    """Programs that look at mail before people do follow every link: GET shows, POST answers.

    Nobody looks who is signed in here, and the forms go without the cookie against forgery. The
    token in the address is the whole authority: whoever could forge a form for it holds it, and
    may answer anyway. Mail apps open links in browsers of their own, which often keep no cookies.
    """

    path = "/v/{token:str}"
    opt = ANONYMOUS

    @get()
    async def show(self, request: Anybody, token: FromPath[str], now: Now) -> Page:
        try:
            _, question = await _asked(request, token, now)
        except Expired as expired:
            return await _expired(request, expired)
        return await _page(request, question)

    @post()
    async def answer(self, request: Anybody, token: FromPath[str], now: Now) -> Response[Any]:
        try:
            person, question = await _asked(request, token, now)
        except Expired as expired:
            return await _expired(request, expired)
        sent = dict(await request.form())
        try:
            form = read_form(Verify, {**sent, "text": sent.get("findings")})
            train = await boarding(Timetable.of(request.app.state.settings), now)
            outcome = await verify(person, question.report, form, now=now, train=train)
        except (Invalid, Conflict) as refusal:
            problems = refusal.problems if isinstance(refusal, Invalid) else {"": refusal.reason}
            if "text" in problems:
                problems["findings"] = problems.pop("text")
            status = STATUS_OF[type(refusal)]
            return await _page(request, question, status=status, problems=problems, values=sent)
        answer = go_to(f"/v/{token}?told={outcome}")
        answer.headers.update(KEY_IN_ADDRESS)
        return answer


async def _asked(request: Anybody, token: str, now: Now) -> tuple[Person, Question]:
    named = read_token(request.app.state.settings.signing_key(), token, now=now)
    person = await person_of(named)
    suppose_language(request, person.language)
    return person, await question_of(named)


async def _page(
    request: Anybody,
    question: Question,
    *,
    status: int = 200,
    problems: dict[str, Text] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Page:
    word = request.query_params.get("told", "")
    told = None
    if word in OUTCOMES and not problems:
        kind, words = OUTCOMES[word]
        told = {"kind": kind, "words": words, "next": AFTERWARDS[word]}
    return await page(
        request,
        "proposals/verify.html",
        status=status,
        headers=KEY_IN_ADDRESS,
        asked=question,
        here=request.url.path,
        told=told,
        said=question.said,
        problems=problems or {},
        values=values or {},
    )


async def _expired(request: Anybody, expired: Expired) -> Page:
    """As for anything that is not there, with the way to where it can still be answered."""
    return await page(
        request,
        "errors/error.html",
        status=404,
        headers=KEY_IN_ADDRESS,
        code=404,
        title=Text("链接已过期", "This link has expired"),
        detail=expired.reason,
        path=f"/reports/R-{expired.named.report}",
    )

"""Signing in and out, and choosing a language."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie

from tracker.errors import Invalid, TooMany
from tracker.language import Text
from tracker.people import actions, cookies, sessions
from tracker.people.authentication import Anybody
from tracker.people.forms import SignIn
from tracker.people.tables import Person
from tracker.subscriptions.actions import unsubscribe_browser
from tracker.web.errors import retry_after
from tracker.web.forms import read_form
from tracker.web.guards import PUBLIC
from tracker.web.redirects import go_to, local
from tracker.web.requests import LANGUAGE_COOKIE, Now
from tracker.web.templating import page

A_YEAR = 365 * 24 * 3600

WRONG = Text(
    "用户名和密码对不上，检查一下再试",
    "This handle and password do not go together; check both and try again",
)


def address_of(request: Request[Any, Any, Any]) -> str:
    """Where a request comes from, as the server saw it. No header of the client's counts here."""
    return request.client.host if request.client else ""


async def signed_in(request: Anybody, person: Person, target: str, *, now: Now) -> Response[Any]:
    """Go on as `person`, in a session that begins here; the one the browser came with ends."""
    settings = request.app.state.settings
    secret = await sessions.open_session(
        person,
        now=now,
        user_agent=request.headers.get("user-agent", ""),
        instead_of=request.cookies.get(cookies.cookie_name(settings), ""),
    )
    answer = go_to(target)
    answer.cookies.append(cookies.cookie(settings, secret))
    return answer


class SigningIn(Controller):
    opt = PUBLIC

    @get("/signin")
    async def show(self, request: Anybody) -> Response[Any]:
        target = local(request.query_params.get("next", ""))
        if request.user is not None:
            return go_to(target)
        return await page(
            request,
            "people/signin.html",
            headers={"Cache-Control": "no-store"},
            problems={},
            values={},
            target=target,
        )

    @post("/signin")
    async def sign_in(self, request: Anybody, now: Now) -> Response[Any]:
        sent = await request.form()
        target = local(str(sent.get("next", "")))
        status, headers = 422, {"Cache-Control": "no-store"}
        try:
            form = read_form(SignIn, sent)
            person = await actions.sign_in(
                form.handle, form.password, address=address_of(request), now=now
            )
            if person is not None:
                return await signed_in(request, person, target, now=now)
            problems = {"password": WRONG}
        except Invalid as invalid:
            problems = invalid.problems
        except TooMany as refusal:
            status, headers = 429, headers | retry_after(refusal)
            problems = {"": refusal.reason}
        return await page(
            request,
            "people/signin.html",
            status=status,
            headers=headers,
            problems=problems,
            # Never the password: a page may be kept by the browser.
            values={"handle": str(sent.get("handle", ""))},
            target=target,
        )

    @post("/signout")
    async def sign_out(self, request: Anybody, now: Now) -> Response[Any]:
        """`endpoint` names the browser's push subscription, which ends with the session."""
        settings = request.app.state.settings
        endpoint = str((await request.form()).get("endpoint", ""))
        if endpoint and isinstance(request.user, Person):
            await unsubscribe_browser(request.user, endpoint, now=now)
        secret = request.cookies.get(cookies.cookie_name(settings), "")
        if secret:
            await sessions.close_session(secret)
        answer = go_to("/")
        answer.cookies.append(cookies.no_cookie(settings))
        return answer


class Languages(Controller):
    opt = PUBLIC

    # Free of the forgery check, so that public pages can do without its cookie. The session's
    # is not sent along by foreign pages, so they cannot choose for a person.
    @post("/language", opt={"csrf_exempt": True})
    async def choose(self, request: Anybody) -> Response[Any]:
        """For this browser, and for the person where one is signed in."""
        sent = await request.form()
        answer = go_to(local(str(sent.get("next", ""))))
        language = sent.get("language")
        if language in ("zh", "en"):
            if request.user is not None:
                await actions.choose_language(request.user, language)
            answer.cookies.append(
                Cookie(
                    key=LANGUAGE_COOKIE,
                    value=language,
                    path="/",
                    max_age=A_YEAR,
                    httponly=True,
                    samesite="lax",
                    secure=cookies.https(request.app.state.settings),
                )
            )
        return answer

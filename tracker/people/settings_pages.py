"""What people set about themselves: profile, password, tokens."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.errors import Invalid, TooMany
from tracker.history.actions import announce
from tracker.language import Text
from tracker.people import actions, queries
from tracker.people.authentication import SignedIn
from tracker.people.forms import Credit, NewPassword, NewToken, Profile
from tracker.people.pages import address_of
from tracker.people.tables import Role
from tracker.people.words import ROLES
from tracker.web.errors import retry_after
from tracker.web.forms import read_form
from tracker.web.redirects import go_to
from tracker.web.requests import Now, language_of
from tracker.web.templating import Page, page

SAVED = {
    "profile": Text("已保存", "Saved"),
    "credit": Text(
        "已保存，已经发布的更新日志也会跟着变",
        "Saved, for what is published already too",
    ),
    "password": Text(
        "密码已更换，其他浏览器都已退出登录",
        "Your password is changed, and all other browsers are signed out",
    ),
}


class OwnSettings(Controller):
    path = "/settings"

    @get()
    async def show(self, request: SignedIn) -> Page:
        return await _settings(request, done=SAVED.get(request.query_params.get("saved", "")))

    @post()
    async def save(self, request: SignedIn) -> Response[Any]:
        sent = await request.form()
        try:
            await actions.change_profile(request.user, read_form(Profile, sent))
        except Invalid as invalid:
            return await _settings(
                request, status=422, problems=invalid.problems, values=dict(sent)
            )
        return go_to("/settings?saved=profile")

    @post("/credit")
    async def choose_credit(self, request: SignedIn) -> Response[Any]:
        sent = await request.form()
        try:
            await actions.choose_credit(request.user, read_form(Credit, sent))
        except Invalid as invalid:
            # A box that is not ticked is not sent.
            return await _settings(
                request,
                status=422,
                problems=invalid.problems,
                values={"credited": sent.get("credited"), "credit_name": sent.get("credit_name")},
            )
        await announce()
        return go_to("/settings?saved=credit")

    @get(["/password", "/credit"], sync_to_thread=False)
    def only_sent(self) -> Response[Any]:
        """What was refused stands at these addresses; loading one again is the page itself."""
        return go_to("/settings")

    @post("/password")
    async def change_password(self, request: SignedIn, now: Now) -> Response[Any]:
        status, headers = 422, {}
        try:
            form = read_form(NewPassword, await request.form())
            await actions.change_password(
                request.user,
                form.current,
                form.new,
                session=request.auth.id,
                address=address_of(request),
                now=now,
            )
            return go_to("/settings?saved=password")
        except Invalid as invalid:
            problems = invalid.problems
        except TooMany as refusal:
            status, headers = 429, retry_after(refusal)
            problems = {"current": refusal.reason}
        return await _settings(request, status=status, headers=headers, problems=problems)


class Tokens(Controller):
    path = "/settings/tokens"

    @get()
    async def show(self, request: SignedIn) -> Page:
        return await _tokens(request)

    @post()
    async def make(self, request: SignedIn, now: Now) -> Page:
        """Shows the token on the answer itself: nothing that is kept could show it again."""
        sent = await request.form()
        try:
            form = read_form(NewToken, sent)
        except Invalid as invalid:
            return await _tokens(request, status=422, problems=invalid.problems)
        token = await actions.make_token(request.user, form.name, now=now)
        return await _tokens(request, status=201, made=token, name=form.name)

    @post("/{number:int}/revocation")
    async def revoke(self, request: SignedIn, number: FromPath[int], now: Now) -> Response[Any]:
        await actions.revoke_token(request.user, number, now=now)
        return go_to("/settings/tokens")


async def _settings(
    request: SignedIn,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    problems: dict[str, Text] | None = None,
    values: dict[str, object] | None = None,
    done: Text | None = None,
) -> Page:
    person = request.user
    return await page(
        request,
        "people/settings.html",
        status=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        problems=problems or {},
        values={
            "display_name": person.display_name,
            "language": person.language,
            "timezone": person.timezone,
            "credited": person.credited,
            "credit_name": person.credit_name,
            **(values or {}),
        },
        zones=[(zone, zone) for zone in queries.suggested_zones(person.timezone)],
        role=ROLES[Role(person.role)].within(language_of(request)),
        done=done,
    )


async def _tokens(
    request: SignedIn,
    *,
    status: int = 200,
    problems: dict[str, Text] | None = None,
    made: str = "",
    name: str = "",
) -> Page:
    return await page(
        request,
        "people/tokens.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        problems=problems or {},
        tokens=await queries.tokens_of(request.user),
        made=made,
        name=name,
    )

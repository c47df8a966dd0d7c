"""Coming in by a code, and the captains' list of codes."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.errors import Conflict, Invalid
from tracker.invitations import access, actions, queries
from tracker.invitations.forms import Join, NewInvitation
from tracker.invitations.queries import KnownInvitation
from tracker.language import Text
from tracker.people.authentication import Anybody, SignedIn
from tracker.people.pages import signed_in
from tracker.people.tables import Role
from tracker.people.words import ROLES, ROLES_IN_A_SENTENCE, one
from tracker.web.forms import read_form
from tracker.web.guards import PUBLIC
from tracker.web.redirects import go_to
from tracker.web.requests import Now, language_of
from tracker.web.templating import Page, page

WELCOME = "/settings/devices?welcome=1"


class Joining(Controller):
    path = "/join/{code:str}"
    opt = PUBLIC

    @get()
    async def show(self, request: Anybody, code: FromPath[str], now: Now) -> Page:
        return await _door(request, code, now)

    @post()
    async def join(self, request: Anybody, code: FromPath[str], now: Now) -> Response[Any]:
        """A new account for somebody unknown; what is new in it for somebody who has one."""
        if request.user is not None:
            try:
                await actions.rise(request.user, code, now=now)
            except Conflict:
                return await _door(request, code, now)
            return go_to(WELCOME)
        sent = await request.form()
        try:
            person = await actions.join(
                code,
                read_form(Join, sent),
                language=language_of(request),
                timezone=request.app.state.settings.timezone.key,
                now=now,
            )
        except Invalid as invalid:
            return await _door(request, code, now, problems=invalid.problems, values=dict(sent))
        except Conflict:
            return await _door(request, code, now)
        return await signed_in(request, person, WELCOME, now=now)


async def _door(
    request: Anybody,
    code: str,
    now: Now,
    *,
    problems: dict[str, Text] | None = None,
    values: dict[str, Any] | None = None,
) -> Page:
    """What the code offers, or why it offers nothing: 404 if there never was one, else 410."""
    invitation = await queries.invitation_of(code, now=now)
    headers = {"Cache-Control": "no-store"}
    if invitation is None or invitation.standing != "open":
        return await page(
            request,
            "invitations/closed.html",
            status=404 if invitation is None else 410,
            headers=headers,
            invitation=invitation,
        )
    values = values or {}
    values.pop("password", None)
    return await page(
        request,
        "invitations/join.html",
        status=422 if problems else 200,
        headers=headers,
        invitation=invitation,
        role=one(invitation.role),
        role_in_a_sentence=ROLES_IN_A_SENTENCE[invitation.role],
        gains=request.user is not None and _gains(request, invitation),
        problems=problems or {},
        values=values,
    )


def _gains(request: Anybody, invitation: KnownInvitation) -> bool:
    assert request.user is not None
    return queries.gains(request.user, invitation.role, invitation.codenames)


class Invitations(Controller):
    path = "/invitations"

    @get()
    async def show(self, request: SignedIn, now: Now) -> Page:
        access.require_can_invite(request.user)
        return await _invitations(request, now)

    @post()
    async def invite(self, request: SignedIn, now: Now) -> Response[Any]:
        access.require_can_invite(request.user)
        sent = await request.form()
        try:
            number = await actions.invite(request.user, read_form(NewInvitation, sent), now=now)
        except Invalid as invalid:
            return await _invitations(request, now, problems=invalid.problems, values=dict(sent))
        return go_to(f"/invitations?made={number}")

    @post("/{number:int}/withdrawal")
    async def withdraw(self, request: SignedIn, number: FromPath[int], now: Now) -> Response[Any]:
        await actions.withdraw(request.user, number, now=now)
        return go_to("/invitations")


async def _invitations(
    request: SignedIn,
    now: Now,
    *,
    problems: dict[str, Text] | None = None,
    values: dict[str, Any] | None = None,
) -> Page:
    shown, older = await queries.invitations(now=now, before=_number(request, "before"))
    made = _number(request, "made")
    mine = access.roles_to_give(request.user)
    return await page(
        request,
        "invitations/list.html",
        status=422 if problems else 200,
        headers={"Cache-Control": "no-store"},
        invitations=shown,
        made=next((one for one in shown if one.id == made), None),
        older=f"/invitations?before={older}" if older else None,
        base_url=request.app.state.settings.base_url,
        roles=ROLES,
        may_give=mine,
        problems=problems or {},
        values=values or {"role": Role.TESTER, "uses": "1", "days": "14"},
    )


def _number(request: SignedIn, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None

"""The pages of the routing rules: for the team to look at and try out, for captains to keep."""

from __future__ import annotations

import re
from typing import Any

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath

from tracker.desk import rule_keeping as keeping
from tracker.desk import rule_queries as queries
from tracker.desk.access import require_can_keep_desk
from tracker.desk.checking import check_rule, check_saved
from tracker.desk.queries import saved_replies
from tracker.desk.rule_forms import LONGEST_PERIOD, CheckDays, CheckOut, CheckRule, NewRule, RuleOut
from tracker.desk.words import TOLD
from tracker.devices import queries as devices
from tracker.errors import Conflict, Invalid
from tracker.language import Text
from tracker.people.access import is_captain
from tracker.people.authentication import SignedIn, testers_only
from tracker.reports.words import SEVERITIES
from tracker.web.errors import STATUS_OF
from tracker.web.forms import read_form
from tracker.web.redirects import go_to
from tracker.web.requests import Now
from tracker.web.templating import Page, page

_BETWEEN_LABELS = re.compile(r"[\s,，、]+")
DAYS = "7"


class RoutingRules(Controller):
    path = "/desk"
    guards = (testers_only,)

    @get("/rules")
    async def show_all(self, request: SignedIn) -> Page:
        return await page(
            request,
            "desk/rules.html",
            rules=await queries.routing_rules(request.user),
            modules=await _modules(),
            severities=SEVERITIES,
            keeper=is_captain(request.user),
            told=TOLD.get(request.query_params.get("told", "")),
        )

    @get("/new-rule")
    async def new(self, request: SignedIn) -> Page:
        require_can_keep_desk(request.user)
        return await _form(request, {"enabled": "true", "days": DAYS})

    @post("/rules")
    async def keep(self, request: SignedIn, now: Now) -> Response[Any]:
        """Saves it, or with `do=check` shows what it would have done, everything typed still there."""
        require_can_keep_desk(request.user)
        sent = await request.form()
        there = sent.get("there") == "true"
        checking = sent.get("do") == "check"
        values = _values(sent)
        shown = {**dict(sent), "severities": values["severities"]}
        found = None
        try:
            if checking:
                found = await check_rule(
                    request.user, read_form(CheckRule, values), base_url="", now=now
                )
            else:
                form = read_form(NewRule, values)
                if not there:
                    await _not_taken(request, form.name)
                await keeping.keep_rule(request.user, form.name, form, now=now)
        except (Invalid, Conflict) as refusal:
            problems = refusal.problems if isinstance(refusal, Invalid) else {"": refusal.reason}
            return await _form(
                request, shown, STATUS_OF[type(refusal)], problems=problems, there=there
            )
        if checking:
            return await _form(request, shown, found=found, there=there)
        return go_to("/desk/rules?told=kept")

    @get("/rules/{name:str}")
    async def show(self, request: SignedIn, name: FromPath[str]) -> Page:
        require_can_keep_desk(request.user)
        return await _form(
            request, _as_typed(await queries.get_rule(request.user, name)), there=True
        )

    @get("/rules/{name:str}/check")
    async def check(self, request: SignedIn, name: FromPath[str], now: Now) -> Page:
        """What it would have done, for whoever is at the desk."""
        rule = await queries.get_rule(request.user, name)
        days = request.query_params.get("days", DAYS)
        problems: dict[str, Text] = {}
        found = None
        try:
            found = await check_saved(
                request.user,
                name,
                days=read_form(CheckDays, {"days": days}).days,
                base_url="",
                now=now,
            )
        except Invalid as invalid:
            problems = invalid.problems
        return await page(
            request,
            "desk/check.html",
            status=422 if problems else 200,
            rule=rule,
            found=found,
            days=days,
            most=LONGEST_PERIOD,
            problems=problems,
            modules=await _modules(),
            severities=SEVERITIES,
            keeper=is_captain(request.user),
        )

    @post("/rules/{name:str}/switch")
    async def switch(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        on = (await request.form()).get("on") == "true"
        await keeping.switch_rule(request.user, name, on=on, now=now)
        return go_to(f"/desk/rules#{name}")

    @post("/rules/{name:str}/place")
    async def move(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        require_can_keep_desk(request.user)
        up = (await request.form()).get("to") == "up"
        place = (await queries.get_rule(request.user, name)).position
        await keeping.move_rule(request.user, name, place - 1 if up else place + 1, now=now)
        return go_to(f"/desk/rules#{name}")

    @post("/rules/{name:str}/removal")
    async def remove(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        await keeping.remove_rule(request.user, name, now=now)
        return go_to("/desk/rules?told=removed")


def _values(sent: FormMultiDict) -> dict[str, Any]:
    """What was typed, as the form takes it: a phrase a line, labels between blanks or commas."""
    return {
        **dict(sent),
        "words": [one.strip() for one in str(sent.get("words", "")).splitlines() if one.strip()],
        "severities": sent.getall("severities", []),
        "labels": [one for one in _BETWEEN_LABELS.split(str(sent.get("labels", ""))) if one],
        "enabled": "true" if sent.get("enabled") == "true" else "false",
    }


def _as_typed(rule: RuleOut) -> dict[str, Any]:
    return {
        "name": rule.name,
        "words": "\n".join(rule.words),
        "module": rule.module,
        "device": rule.device,
        "severities": rule.severities,
        "owner": None if rule.owner_left else rule.owner,
        "labels": " ".join(rule.labels),
        "reply": rule.reply,
        "enabled": "true" if rule.enabled else "",
        "position": str(rule.position),
        "days": DAYS,
    }


async def _not_taken(request: SignedIn, name: str) -> None:
    if any(one.name == name for one in await queries.routing_rules(request.user)):
        raise Invalid(
            {
                "name": Text(
                    f"已有叫「{name}」的规则，换个名字",
                    f"There is a rule “{name}”: take another name",
                )
            }
        )


async def _modules() -> dict[str, Text]:
    return {one.slug: Text(one.name.zh, one.name.en) for one in await devices.modules()}


async def _form(
    request: SignedIn,
    values: dict[str, Any],
    status: int = 200,
    *,
    problems: dict[str, Text] | None = None,
    found: CheckOut | None = None,
    there: bool = False,
) -> Page:
    return await page(
        request,
        "desk/rule.html",
        status=status,
        values=values,
        problems=problems or {},
        modules=await _modules(),
        severities=list(SEVERITIES.items()),
        team=await queries.team(request.user),
        replies=[(one.name, one.name) for one in await saved_replies(request.user)],
        most=LONGEST_PERIOD,
        found=found,
        there=there,
    )

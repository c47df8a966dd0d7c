"""Routing rules for programs."""

from __future__ import annotations

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from tracker.desk import rule_keeping as keeping
from tracker.desk import rule_queries as queries
from tracker.desk.checking import check_rule, check_saved
from tracker.desk.rule_forms import CheckDays, CheckOut, CheckRule, KeepRule, NewRule, RuleOut
from tracker.people.authentication import SignedIn, testers_only
from tracker.web.addresses import base_url
from tracker.web.forms import read_form
from tracker.web.pagination import Listing
from tracker.web.requests import Now


class RoutingRuleApi(Controller):
    path = "/routing-rules"
    tags = ("Desk",)
    guards = (testers_only,)

    @get(summary="Whom new reports go to, by rules in their order")
    async def list(self, request: SignedIn) -> Listing[RuleOut]:
        """Each new report is held against all that are switched on, once. The first that names an
        owner decides who it is, the first that has a reply suggests it, and labels add up."""
        return Listing(await queries.routing_rules(request.user), None)

    @get("/{name:str}", summary="One rule")
    async def show(self, request: SignedIn, name: FromPath[str]) -> RuleOut:
        return await queries.get_rule(request.user, name)

    @put("/{name:str}", summary="Save a rule under this name. Captains only")
    async def keep(
        self, request: SignedIn, name: FromPath[str], data: JSONBody[KeepRule], now: Now
    ) -> RuleOut:
        """Over one that has the name. It holds for what is filed from now on."""
        read_form(NewRule, {**msgspec.to_builtins(data), "name": name})
        await keeping.keep_rule(request.user, name, data, now=now)
        return await queries.get_rule(request.user, name)

    @delete("/{name:str}", status_code=200, summary="Remove it. Captains only")
    async def remove(self, request: SignedIn, name: FromPath[str], now: Now) -> Listing[RuleOut]:
        """What it did stays done. Answers with those that are left."""
        await keeping.remove_rule(request.user, name, now=now)
        return Listing(await queries.routing_rules(request.user), None)

    @get("/{name:str}/check", summary="What this rule would have done")
    async def check(
        self, request: SignedIn, name: FromPath[str], now: Now, days: FromQuery[int] = 7
    ) -> CheckOut:
        """With the reports of the last `days`, in its place among the other rules, switched on."""
        read_form(CheckDays, {"days": days})
        return await check_saved(request.user, name, days=days, base_url=base_url(request), now=now)


class RoutingCheckApi(Controller):
    path = "/routing-checks"
    tags = ("Desk",)
    guards = (testers_only,)

    @post(status_code=200, summary="What a rule that is not saved would have done")
    async def check(self, request: SignedIn, data: JSONBody[CheckRule], now: Now) -> CheckOut:
        """Nothing is saved. With `name`, in the place of that rule; else as a new one."""
        return await check_rule(request.user, data, base_url=base_url(request), now=now)

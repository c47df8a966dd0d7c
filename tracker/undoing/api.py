"""Acts and taking them back, for programs."""

from __future__ import annotations

from litestar import Controller, get, put
from litestar.params import FromPath, FromQuery

from tracker.devices.forms import Words
from tracker.numbers import act_number
from tracker.people import queries as people
from tracker.people.access import require_staff
from tracker.people.authentication import SignedIn, testers_only
from tracker.proposals.api import timetable
from tracker.releases.queries import boarding
from tracker.undoing import actions, queries, words
from tracker.undoing.examining import Sentence, examine
from tracker.undoing.forms import ActDetail, ActOut, Step, Undoing
from tracker.undoing.queries import Done
from tracker.web.pagination import DEFAULT_LIMIT, Listing, check_limit
from tracker.web.requests import Now

MOST_STEPS = 100
"""Things that are named one by one."""


class ActApi(Controller):
    """What the team did, an act for each request or command, and taking it back."""

    path = "/acts"
    tags = ("Acts",)
    guards = (testers_only,)

    @get(summary="What the team did, newest first")
    async def list(
        self,
        request: SignedIn,
        person: FromQuery[str] = "",
        limit: FromQuery[int] = DEFAULT_LIMIT,
        after: FromQuery[str] = "",
    ) -> Listing[ActOut]:
        """`person` by handle; `me` for your own."""
        require_staff(request.user)
        handle = request.user.handle if person == "me" else person
        whose = await people.numbered(handle) if handle else None
        found, cursor = await queries.list_acts(person=whose, limit=check_limit(limit), after=after)
        return Listing([act_out(one) for one in found], cursor)

    @get("/{number:str}", summary="One act, and what taking it back would do")
    async def show(self, request: SignedIn, number: FromPath[str]) -> ActDetail:
        """`last` is your latest that is not taken back."""
        require_staff(request.user)
        if number == "last":
            return await detail(await queries.last_act(request.user.id))
        return await detail(await queries.get_act(act_number(number)))

    @put("/{number:str}/undoing", summary="Take it back")
    async def undo(self, request: SignedIn, number: FromPath[str], now: Now) -> ActDetail:
        """All of it or nothing. Undoing the undoing does it again."""
        train = await boarding(timetable(request), now)
        act = act_number(number)
        await actions.undo(request.user, act, now=now, train=train)
        return await detail(await queries.get_act(act))


def act_out(one: Done) -> ActOut:
    text = words.summary(one.kind, one.data, things=one.count)
    return ActOut(
        id=one.name,
        at=one.at,
        by=one.by,
        text=Words(text.zh, text.en),
        things=one.things,
        count=one.count,
        undoes=f"A-{one.undoes}" if one.undoes else None,
        undone_by=f"A-{one.undone_by}" if one.undone_by else None,
    )


async def detail(one: Done) -> ActDetail:
    if one.undone_by is not None:
        done = words.already(one.undone_by)
        return _detail(one, Undoing(False, [], [Step("", Words(done.zh, done.en))], 0))
    examined = await examine(one)
    steps = [
        Sentence(each.name, words.put_back(each.before, each.after, each.keys))
        for each in examined.reversals[:MOST_STEPS]
        if each.keys
    ]
    steps += [Sentence(name, words.TAKEN_BACK) for name in await queries.said_only(one.id)]
    possible = bool(steps) and not examined.obstacles
    return _detail(
        one,
        Undoing(
            possible,
            [_step(step) for step in steps],
            [_step(step) for step in examined.obstacles],
            await queries.told_of(one.id),
        ),
    )


def _step(one: Sentence) -> Step:
    return Step(one.thing, Words(one.text.zh, one.text.en))


def _detail(one: Done, undoing: Undoing) -> ActDetail:
    out = act_out(one)
    return ActDetail(
        id=out.id,
        at=out.at,
        by=out.by,
        text=out.text,
        things=out.things,
        count=out.count,
        undoes=out.undoes,
        undone_by=out.undone_by,
        undoing=undoing,
    )

"""Where everybody starts."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from tracker.advice.queries import problems_of
from tracker.advice.rows import known_row
from tracker.advice.rule import weigh
from tracker.home import queries
from tracker.home.week import train_shown, week_of
from tracker.language import Text
from tracker.people.authentication import Anybody
from tracker.people.tables import Person
from tracker.posts import queries as posts
from tracker.posts.view import excerpt
from tracker.proposals.glimpses import known_issues
from tracker.proposals.words import told_of
from tracker.reports import listing
from tracker.reports.filters import Filters
from tracker.reports.queries import list_reports
from tracker.timetable import Timetable
from tracker.web.caching import public_page
from tracker.web.guards import PUBLIC
from tracker.web.keeping import kept
from tracker.web.requests import Now, language_of
from tracker.web.templating import Page, page, zone_of

OWN_REPORTS = 5
ISSUES = 4


@get("/", opt=PUBLIC | kept())
async def home(request: Anybody, now: Now) -> Response[Any]:
    if request.user is None or not request.user.is_tester:
        return await _outside(request, now)
    return await _inside(request, request.user, now)


async def _outside(request: Anybody, now: Now) -> Response[Any]:
    """What this is, how to come in, and the latest post."""
    timetable = Timetable.of(request.app.state.settings)
    train = train_shown(timetable, now)
    found = await posts.latest_posts(timetable, limit=1)
    return await public_page(
        request,
        "home/outside.html",
        week=week_of(
            timetable,
            train,
            now=now,
            zone=zone_of(request),
            left=bool(found) and found[0].train.date >= train,
        ),
        latest=found[0].headline if found else None,
        modules=excerpt(found[0], lines=6) if found else [],
    )


async def _inside(request: Anybody, person: Person, now: Now) -> Page:
    timetable = Timetable.of(request.app.state.settings)
    train = train_shown(timetable, now)
    standing = await queries.standing_of(person, train)
    news = await queries.own_news(person)
    mine = Filters(reporter=person.handle, sort="updated")
    reports, more = await list_reports(person, mine, limit=OWN_REPORTS)
    phone = await queries.phone_of(person)
    advice = weigh(await problems_of(person, phone.line)) if phone and phone.line else None
    known = await known_issues(phone.model, build=phone.place, limit=ISSUES) if phone else []
    return await page(
        request,
        "home/inside.html",
        notices=told_of(request.query_params.get("told", ""), language_of(request)),
        headers={"Cache-Control": "private, no-cache"},
        week=week_of(timetable, train, now=now, zone=zone_of(request), left=standing.left),
        standing=standing,
        questions=[one for one in news if one.question is not None],
        # What can be tried at once comes before what has to be updated to.
        to_verify=sorted((one for one in news if one.to_verify), key=lambda one: one.ahead),
        solved=[one for one in news if one.latest],
        slipped=[one for one in news if one.slipped],
        reports=[listing.row(report, by_news=True) for report in reports],
        all_reports=listing.address(mine) if more else None,
        phone=phone,
        withdrawn=_withdrawn(phone),
        advice=advice,
        then=advice and advice.then(now.astimezone(zone_of(request)).date()),
        issues=[known_row(one) for one in known],
        most=queries.MOST,
        desk=await queries.desk_of(person) if person.is_staff else None,
    )


def _withdrawn(phone: queries.Phone | None) -> dict[str, Any] | None:
    """What one is told whose phone has a build that was withdrawn."""
    if phone is None or phone.withdrawn is None:
        return None
    on, reason = phone.version, phone.withdrawn
    if phone.newest is None:
        then = Text(
            "下一个版本出来时，这里会告诉你。", "You are told here when the next one is out."
        )
    else:
        then = Text("新的版本见下面。", "The newer one is below.")
    return {
        "verdict": "wait",
        "heading": Text(f"你手机上的 {on} 已撤回", f"{on} on your phone was withdrawn"),
        "why": Text(f"{reason.zh.rstrip('。')}。{then.zh}", f"{reason.en.rstrip('.')}. {then.en}"),
    }

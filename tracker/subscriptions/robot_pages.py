"""A team's robots: for captains, what is posted in which chat."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath

from tracker.channels.base import ROBOTS, Channel, ChannelName, Outcome, Verdict
from tracker.channels.registry import opened
from tracker.channels.robots import Robot as RobotChannel
from tracker.deliveries.claiming import forget
from tracker.deliveries.robots import last_posted
from tracker.errors import Conflict, Invalid, NotFound, TooMany
from tracker.language import Text
from tracker.people.authentication import SignedIn
from tracker.subscriptions import robots, words
from tracker.subscriptions.access import require_can_keep_robots
from tracker.subscriptions.places import Place
from tracker.subscriptions.robot_words import POSTS, TEST_TEXT, TOLD, told_of_test
from tracker.subscriptions.robots import AddRobot, Robot
from tracker.subscriptions.testing import count_test, send_test
from tracker.web.addresses import base_url
from tracker.web.errors import STATUS_OF, retry_after
from tracker.web.forms import read_form
from tracker.web.redirects import go_to
from tracker.web.requests import Now
from tracker.web.templating import Page, page


class Robots(Controller):
    path = "/robots"

    @get()
    async def show(self, request: SignedIn, now: Now) -> Page:
        return await _robots(request, now)

    @get("/{name:str}")
    async def new(self, request: SignedIn, name: FromPath[str]) -> Page:
        require_can_keep_robots(request.user)
        return await _new(request, _named(name))

    @post("/{name:str}")
    async def add(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        require_can_keep_robots(request.user)
        found = _named(name)
        sent = await request.form()
        try:
            async with opened(request.app.state.settings) as channels:
                address, form = _read(channels[found], sent)
                await robots.add_robot(request.user, channels[found], address, form, now=now)
        except Invalid as invalid:
            return await _new(request, found, status=422, problems=invalid.problems, sent=sent)
        except Conflict as refusal:
            problems = {"": refusal.reason}
            status = STATUS_OF[type(refusal)]
            return await _new(request, found, status=status, problems=problems, sent=sent)
        return go_to("/robots?told=added")

    @post("/{name:str}/{number:int}/test")
    async def test(
        self, request: SignedIn, name: FromPath[str], number: FromPath[int], now: Now
    ) -> Response[Any]:
        """The answer waits for the far side, and tells on the page itself what became of it."""
        robot = await robots.get_robot(request.user, _named(name), number)
        try:
            count_test(request.user.id, now=now)
        except TooMany as refusal:
            return await _robots(request, now, status=429, refusal=refusal)
        place = Place(
            robot.id, robot.channel, robot.name, robot.address, robot.created_at, robot.created_at
        )
        async with opened(request.app.state.settings) as channels:
            outcome = await send_test(
                channels[robot.channel],
                place,
                text=TEST_TEXT,
                language=robot.language,
                url=f"{base_url(request)}/releases",
                now=now,
            )
        if outcome.verdict == Verdict.GONE:
            await forget(robot.id, outcome.detail, now=now)
        return await _robots(request, now, tested=(robot, outcome))

    @get("/{name:str}/{number:int}/test", sync_to_thread=False)
    def only_sent(
        self, request: SignedIn, name: FromPath[str], number: FromPath[int]
    ) -> Response[Any]:
        """What became of a test stands at this address; loading it again is the list itself."""
        return go_to("/robots")

    @post("/{name:str}/{number:int}/removal")
    async def remove(
        self, request: SignedIn, name: FromPath[str], number: FromPath[int], now: Now
    ) -> Response[Any]:
        robot = await robots.get_robot(request.user, _named(name), number)
        await robots.remove_robot(request.user, robot.id, now=now)
        return go_to("/robots?told=removed")


def _named(name: str) -> ChannelName:
    if name not in ROBOTS:
        raise NotFound
    return ChannelName(name)


def _read(channel: Channel, sent: FormMultiDict) -> tuple[dict[str, str], AddRobot]:
    """Every field's problem at once, the channel's own among them."""
    problems: dict[str, Text] = {}
    address: dict[str, str] = {}
    form = None
    try:
        form = read_form(AddRobot, sent)
    except Invalid as invalid:
        problems |= invalid.problems
    try:
        address = channel.read({name: str(value) for name, value in sent.items()})
    except Invalid as invalid:
        problems |= invalid.problems
    if problems or form is None:
        raise Invalid(problems)
    return address, form


async def _new(
    request: SignedIn,
    name: ChannelName,
    *,
    status: int = 200,
    problems: dict[str, Text] | None = None,
    sent: FormMultiDict | None = None,
) -> Page:
    async with opened(request.app.state.settings) as channels:
        channel = channels[name]
    assert isinstance(channel, RobotChannel)
    typed = {} if sent is None else dict(sent.items())
    return await page(
        request,
        "subscriptions/robot.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        name=name,
        called=words.NAMES[name],
        vendor=channel.vendor,
        example=channel.example,
        signs=channel.signs,
        posts=list(POSTS.items()),
        problems=problems or {},
        values={
            "hears": list(POSTS) if sent is None else sent.getall("hears", []),
            "language": "zh",
            **{name: value for name, value in typed.items() if name != "hears"},
        },
    )


async def _robots(
    request: SignedIn,
    now: Now,
    *,
    status: int = 200,
    refusal: TooMany | None = None,
    tested: tuple[Robot, Outcome] | None = None,
) -> Page:
    found = await robots.robots(request.user, now=now)
    told = TOLD.get(request.query_params.get("told", ""))
    return await page(
        request,
        "subscriptions/robots.html",
        status=status,
        headers={"Cache-Control": "no-store", **(retry_after(refusal) if refusal else {})},
        robots=[one for one in found if one.gone_at is None],
        gone=[one for one in found if one.gone_at is not None],
        last=await last_posted([one.id for one in found]),
        channels=[(name.value, words.NAMES[name]) for name in ROBOTS],
        names=words.NAMES,
        posts=POSTS,
        problems={"": refusal.reason} if refusal else {},
        told=told,
        tested=tested and (tested[0].id, told_of_test(tested[1]), tested[1].verdict),
    )

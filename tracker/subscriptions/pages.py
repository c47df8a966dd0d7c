"""Where somebody hears: their channels, and the places of each."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.channels.base import SHARED, Channel, ChannelName, Verdict
from tracker.channels.registry import opened
from tracker.channels.webpush import WebPush
from tracker.deliveries.claiming import forget
from tracker.deliveries.recent import recent
from tracker.errors import Conflict, Invalid, NotFound, TooMany
from tracker.language import Text
from tracker.people.authentication import SignedIn
from tracker.people.tables import Role
from tracker.subscriptions import actions, choices, preferences, words
from tracker.subscriptions.browsers import browser_name
from tracker.subscriptions.confirming import ask_to_confirm
from tracker.subscriptions.places import get_place, places_of
from tracker.subscriptions.renewing import renew
from tracker.subscriptions.testing import count_test, send_test
from tracker.web.addresses import base_url
from tracker.web.errors import STATUS_OF, retry_after
from tracker.web.redirects import go_to
from tracker.web.requests import Now, language_of
from tracker.web.templating import Page, page

LONGEST_NAME = 80


class NoticeSettings(Controller):
    path = "/settings/notices"

    @get()
    async def show(self, request: SignedIn) -> Page:
        return await _overview(request, saved=request.query_params.get("saved") == "choice")

    @post()
    async def choose(self, request: SignedIn, now: Now) -> Response[Any]:
        sent = await request.form()
        before = await preferences.preferences_of(request.user)
        try:
            wanted = choices.read_choice(request.user, sent, before)
            await preferences.choose(request.user, wanted, now=now)
        except Invalid as invalid:
            return await _overview(
                request, status=422, problems=invalid.problems, values=choices.typed(sent)
            )
        return go_to("/settings/notices?saved=choice")

    @get("/{name:str}")
    async def channel(self, request: SignedIn, name: FromPath[str]) -> Page:
        return await _channel(request, _named(name))

    @post("/{name:str}")
    async def add(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        found = _named(name)
        sent = {key: str(value) for key, value in (await request.form()).items()}
        try:
            async with opened(request.app.state.settings) as channels:
                await _add(request, channels[found], sent, now)
        except Invalid as invalid:
            return await _channel(
                request, found, status=422, problems=invalid.problems, values=sent
            )
        except (Conflict, TooMany) as refusal:
            status = STATUS_OF[type(refusal)]
            return await _channel(
                request,
                found,
                status=status,
                headers=retry_after(refusal) if isinstance(refusal, TooMany) else None,
                problems={"": refusal.reason},
                values=sent,
            )
        told = "asked" if found == ChannelName.EMAIL else "added"
        return go_to(f"/settings/notices/{found}?told={told}")

    @post("/{name:str}/{number:int}/removal")
    async def remove(
        self, request: SignedIn, name: FromPath[str], number: FromPath[int], now: Now
    ) -> Response[Any]:
        place = await get_place(request.user, _named(name), number)
        await actions.unsubscribe(request.user, place.id, now=now)
        return go_to(f"/settings/notices/{place.channel}?told=removed")

    @post("/{name:str}/{number:int}/test")
    async def test(
        self, request: SignedIn, name: FromPath[str], number: FromPath[int], now: Now
    ) -> Response[Any]:
        """The answer waits for the far side, and tells on the page itself what became of it."""
        place = await get_place(request.user, _named(name), number)
        if place.confirmed_at is None:
            raise NotFound
        try:
            count_test(request.user.id, now=now)
        except TooMany as refusal:
            return await _channel(
                request,
                place.channel,
                status=429,
                headers=retry_after(refusal),
                problems={"": refusal.reason},
            )
        async with opened(request.app.state.settings) as channels:
            outcome = await send_test(
                channels[place.channel],
                place,
                language=language_of(request),
                url=f"{base_url(request)}/",
                now=now,
            )
        if outcome.verdict == Verdict.GONE:
            await forget(place.id, outcome.detail, now=now)
        private = request.app.state.settings.private_addresses
        told = words.told_of_test(outcome, private=private)
        return await _channel(
            request,
            place.channel,
            tested=(place.id, told, outcome.verdict == Verdict.SENT),
        )

    @get("/{name:str}/{number:int}/test", sync_to_thread=False)
    def only_sent(
        self, request: SignedIn, name: FromPath[str], number: FromPath[int]
    ) -> Response[Any]:
        """What became of a test stands at this address; loading it again, or in the other
        language, is the channel's page."""
        return go_to(f"/settings/notices/{_named(name)}")


async def _add(request: SignedIn, channel: Channel, sent: dict[str, str], now: Now) -> None:
    address = channel.read(sent)
    if channel.name == ChannelName.EMAIL:
        settings = request.app.state.settings
        await ask_to_confirm(request.user, channel, address, settings=settings, now=now)
        return
    # The address of a webhook, or of a topic, is a secret of its owner; engineers see names.
    known_by = channel.host if channel.name in SHARED else channel.key
    called = sent.get("name", "").strip() or known_by(address)
    if channel.name == ChannelName.WEBPUSH:
        was = sent.get("instead", "")
        if was and await renew(request.user, channel, was, address):
            return
        said = request.headers.get("user-agent", "")
        called = browser_name(said).within(language_of(request))
    await actions.subscribe(request.user, channel, address, name=called[:LONGEST_NAME], now=now)


def _named(name: str) -> ChannelName:
    """One of those that people have. Robots have pages of their own."""
    if name not in words.WHAT:
        raise NotFound
    return ChannelName(name)


async def _overview(
    request: SignedIn,
    *,
    status: int = 200,
    problems: dict[str, Text] | None = None,
    values: dict[str, Any] | None = None,
    saved: bool = False,
) -> Page:
    places = await places_of(request.user)
    async with opened(request.app.state.settings) as channels:
        # What this server is not set up for is said here, rather than one tap later.
        missing = {name for name in words.WHAT if channels[ChannelName(name)].problem() is not None}
    if values is None:
        values = choices.ticked(await preferences.preferences_of(request.user))
    return await page(
        request,
        "subscriptions/overview.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        channels=[
            {
                "name": name,
                "called": words.NAMES[name],
                "what": what,
                "places": sum(place.channel == name for place in places),
                "field": choices.field_of(name),
                "missing": name in missing,
            }
            for name, what in words.WHAT.items()
        ],
        groups=[(group.name, group.words) for group in choices.offered(request.user)],
        problems=problems or {},
        values=values,
        saved=saved,
    )


async def _channel(
    request: SignedIn,
    name: ChannelName,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    problems: dict[str, Text] | None = None,
    values: dict[str, str] | None = None,
    tested: tuple[int, Text, bool] | None = None,
) -> Page:
    async with opened(request.app.state.settings) as channels:
        channel: Channel = channels[name]
        problem = channel.problem()
        server_key = (await channel.vapid()).public_key if isinstance(channel, WebPush) else ""
    mine = [place for place in await places_of(request.user) if place.channel == name]
    told = request.query_params.get("told", "")
    return await page(
        request,
        "subscriptions/channel.html",
        status=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        name=name,
        called=words.NAMES[name],
        what=words.WHAT[name],
        form=f"subscriptions/{name}.html",
        server_key=server_key,
        problem=problem,
        may_set_up=request.user.role == Role.ADMIN,
        mine=mine,
        recent=await recent(request.user) if mine else {},
        problems=problems or {},
        values=values or {},
        told=told if told in ("added", "asked", "removed") else "",
        tested=tested,
    )

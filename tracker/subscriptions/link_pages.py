"""What people do about a subscription by a link in a message, without signing in.

Programs that look at mail before people do follow every link: GET shows, POST acts. The token in
the address is the whole authority, so the forms go without the cookie against forgery.
"""

from __future__ import annotations

from litestar import Controller, get, post
from litestar.params import FromPath

from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.authentication import Anybody
from tracker.subscriptions.actions import unsubscribe_by_link
from tracker.subscriptions.confirming import asked_by, confirm
from tracker.subscriptions.links import read_confirming, read_unsubscribing
from tracker.subscriptions.queries import ending
from tracker.web.guards import ANONYMOUS
from tracker.web.requests import Now, suppose_language
from tracker.web.signing import KEY_IN_ADDRESS
from tracker.web.templating import Page, page


class Unsubscribing(Controller):
    """RFC 8058: a mail program that shows "unsubscribe" POSTs here by itself, with no cookie and
    nobody looking. It is answered with 200 however often it asks."""

    path = "/u/{token:str}"
    opt = ANONYMOUS

    @get()
    async def show(self, request: Anybody, token: FromPath[str]) -> Page:
        return await self._page(request, _subscription(request, token))

    @post(status_code=200)
    async def end(self, request: Anybody, token: FromPath[str], now: Now) -> Page:
        subscription = _subscription(request, token)
        await unsubscribe_by_link(subscription, now=now)
        return await self._page(request, subscription)

    async def _page(self, request: Anybody, subscription: int) -> Page:
        found = await ending(subscription)
        suppose_language(request, found.language)
        return await page(
            request,
            "subscriptions/unsubscribe.html",
            headers=KEY_IN_ADDRESS,
            found=found,
            here=request.url.path,
        )


class Confirming(Controller):
    path = "/c/{token:str}"
    opt = ANONYMOUS

    @get()
    async def show(self, request: Anybody, token: FromPath[str], now: Now) -> Page:
        return await self._page(request, _asked(request, token, now))

    @post(status_code=200)
    async def take(self, request: Anybody, token: FromPath[str], now: Now) -> Page:
        subscription = _asked(request, token, now)
        await confirm(subscription, now=now)
        return await self._page(request, subscription)

    async def _page(self, request: Anybody, subscription: int) -> Page:
        asked = await asked_by(subscription)
        suppose_language(request, asked.language)
        return await page(
            request,
            "subscriptions/confirm.html",
            headers=KEY_IN_ADDRESS,
            asked=asked,
            here=request.url.path,
        )


def _subscription(request: Anybody, token: str) -> int:
    return read_unsubscribing(request.app.state.settings.signing_key(), token)


def _asked(request: Anybody, token: str, now: Now) -> int:
    try:
        return read_confirming(request.app.state.settings.signing_key(), token, now=now)
    except NotFound:
        raise NotFound(_STALE) from None


_STALE = Text(
    "这个链接已经失效。登录后在通知设置里再填一次邮箱，就会收到新的确认信。",
    "This link is no longer good. Sign in, type your address into the settings of notices again,"
    " and a new mail comes.",
)

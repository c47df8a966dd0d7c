"""The inbox: what a person is told."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.deliveries.ways import ledger
from tracker.notices import actions, queries
from tracker.notices.news_words import confirmers
from tracker.people.authentication import SignedIn
from tracker.proposals.words import told_of
from tracker.subscriptions.choices import CALLED
from tracker.subscriptions.words import NAMES
from tracker.web.redirects import go_to
from tracker.web.requests import Now, language_of
from tracker.web.templating import Page, page

ON_A_PAGE = 25


class Inbox(Controller):
    path = "/notices"

    @get()
    async def show(self, request: SignedIn) -> Page:
        after = request.query_params.get("after", "")
        found, cursor = await queries.inbox(request.user, limit=ON_A_PAGE, after=after)
        return await page(
            request,
            "notices/inbox.html",
            headers={"Cache-Control": "private, no-cache"},
            unread_ones=[one for one in found if one.read_at is None],
            read_ones=[one for one in found if one.read_at is not None],
            first=not after,
            older=f"/notices?after={cursor}" if cursor else None,
        )

    @post("/reading")
    async def read_all(self, request: SignedIn, now: Now) -> Response[Any]:
        await actions.mark_all_read(request.user, now=now)
        return go_to("/notices")

    @get("/{number:int}")
    async def open(self, request: SignedIn, number: FromPath[int], now: Now) -> Page:
        """One in full. Opening it is reading it."""
        opened = await actions.open_notice(request.user, number, now=now)
        return await page(
            request,
            "notices/notice.html",
            notices=told_of(request.query_params.get("told", ""), language_of(request)),
            headers={"Cache-Control": "private, no-cache"},
            opened=opened.notice,
            words=opened.notice.words,
            data=opened.notice.data,
            awaited=opened.awaited,
            ledger=await ledger(request.user, number, now=now),
            channels=NAMES,
            kind=CALLED[opened.notice.kind],
            confirmers=confirmers,
            unread=await queries.count_unread(request.user.id),
        )

"""Where the hosts of repositories deliver their webhooks. docs/git.md tells how to set them up."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from litestar import Controller, Response, post
from litestar.params import FromPath

from tracker.people.authentication import Anybody
from tracker.releases.queries import boarding
from tracker.repositories import doors
from tracker.repositories.forms import Act, Delivered, DeliveredOut, Done
from tracker.repositories.queries import addressed
from tracker.repositories.receiving import receive
from tracker.repositories.words import AGAIN, DONE, IGNORED, LOOKED, NOTHING, text_of
from tracker.timetable import Timetable
from tracker.web.errors import problem_response
from tracker.web.guards import ANONYMOUS
from tracker.web.requests import Now

log = structlog.stdlib.get_logger(__name__)

LARGEST_PUSH = 5 * 1024 * 1024
"""Bytes. Some 2,000 commits with the lists of their files."""


class Hooks(Controller):
    """Anybody may knock; who does not know the repository's secret leaves no trace but a line in
    the log. What is answered is read by maintainers, at the host, in English."""

    path = "/api/hooks"
    opt = ANONYMOUS
    request_max_body_size = LARGEST_PUSH
    include_in_schema = False

    @post("/{number:int}", status_code=200)
    async def signed(self, request: Anybody, number: FromPath[int], now: Now) -> Response[Any]:
        return await _taken(request, number, "", now)

    @post("/{number:int}/{secret:str}", status_code=200)
    async def opened(
        self, request: Anybody, number: FromPath[int], secret: FromPath[str], now: Now
    ) -> Response[Any]:
        """For hosts that cannot sign: the address is the key."""
        return await _taken(request, number, secret, now)


async def _taken(request: Anybody, number: int, given: str, now: Now) -> Response[Any]:
    # Before the body is read: an address of nothing costs one query.
    repository = await addressed(number)
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not doors.genuine(repository.host, repository.secret, headers, body, given=given, now=now):
        log.warning("webhook refused", repository=repository.id, host=repository.host)
        return problem_response(
            401, "Not from this repository", "The signature or the secret is missing or wrong"
        )
    try:
        key, push = doors.read(repository.host, headers, body)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        return problem_response(400, "Not what this host sends", str(fault))
    train = await boarding(Timetable.of(request.app.state.settings), now)
    found = await receive(repository, key, push, now=now, train=train)
    return Response(_out(found))


def _out(found: Delivered) -> DeliveredOut:
    done = [_done(one) for one in found.acts if one.outcome in DONE]
    rest = [_done(one) for one in found.acts if one.outcome not in DONE]
    if found.again:
        return DeliveredOut("already", AGAIN.en, [], [])
    if found.push.why:
        return DeliveredOut("ignored", IGNORED[found.push.why].en, [], [])
    detail = LOOKED.en if found.acts else NOTHING.en
    if found.push.left_out:
        detail += f"; {found.push.left_out} commits were not sent along"
    return DeliveredOut("done" if done else "ignored", detail, done, rest)


def _done(act: Act) -> Done:
    return Done(
        commit=act.commit,
        proposal=None if act.proposal is None else f"P-{act.proposal}",
        act=act.act,
        models=act.models,
        outcome=act.outcome,
        text=text_of(act.outcome, act.about).en,
    )

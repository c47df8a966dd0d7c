"""Plans, for programs: one request, an answer that grows while the work goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from litestar import Controller, put
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from tracker.people.authentication import SignedIn, testers_only
from tracker.plans.actions import carry_out, check
from tracker.plans.forms import Plan, PlanResult, Progress
from tracker.proposals.api import timetable
from tracker.releases.queries import boarding
from tracker.web.requests import Now

NDJSON = "application/x-ndjson"
LARGEST_PLAN = 32 * 1024 * 1024
EVERY = 50
"""Lines between two words on how far it is."""

Told = asyncio.Queue[Progress | PlanResult | None]


class PlanApi(Controller):
    """Many acts on reports at once: all of them or none."""

    path = "/plans"
    tags = ("Plans",)
    guards = (testers_only,)

    @put(
        "/{key:str}",
        summary="Carry out a plan, or try it out",
        request_max_body_size=LARGEST_PLAN,
        media_type=NDJSON,
    )
    async def carry_out(
        self, request: SignedIn, key: FromPath[str], data: JSONBody[Plan], now: Now
    ) -> Stream:
        """Answers with JSON lines: `progress` while it works, and at the end one `result`. The
        status is 200 whatever comes of it: `applied` and `problems` of the result say that. Where
        the caller goes away before the end, nothing is kept. `key` is of your choosing, such as a sum of the
        plan: under one key it is done once, and answers with the act that it was when it is sent
        again. Taken back, it can be done again."""
        check(request.user, data, key)
        train = await boarding(timetable(request), now)
        told: Told = asyncio.Queue()

        def tell(done: int) -> None:
            if done % EVERY == 0:
                told.put_nowait(Progress(done, len(data.lines)))

        async def work() -> None:
            try:
                told.put_nowait(
                    await carry_out(request.user, data, now=now, train=train, key=key, tell=tell)
                )
            finally:
                told.put_nowait(None)

        return Stream(_lines(work, told), media_type=NDJSON)


async def _lines(work: Callable[[], Awaitable[None]], told: Told) -> AsyncIterator[bytes]:
    """What is told, while it happens. The work is a task of its own: it ends when nobody listens
    any more, and its transaction with it."""
    task = asyncio.ensure_future(work())
    try:
        while (said := await told.get()) is not None:
            yield msgspec.json.encode(said) + b"\n"
        await task
    finally:
        task.cancel()
        await asyncio.wait([task])

"""/metrics: the queue for Prometheus, asked of the database when it is scraped.

So it does not matter which process answers, nor how many workers there are on which hosts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get
from litestar.datastructures import State

from tracker.channels.base import ChannelName
from tracker.deliveries.figures import Figures, figures, seconds_since
from tracker.deliveries.filters import OPEN
from tracker.errors import NotFound, NotSignedIn
from tracker.people.authentication import holder_of
from tracker.web.guards import ANONYMOUS
from tracker.web.requests import Now

if TYPE_CHECKING:
    from prometheus_client import Metric


class _Queue:
    """A collector of figures that were read already: those who collect cannot wait."""

    def __init__(self, found: Figures, now: datetime) -> None:
        self._found = found
        self._now = now

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        depth = GaugeMetricFamily(
            "orange_friday_deliveries",
            "Deliveries that are open: pending ones were never tried, failed ones are tried again",
            labels=("channel", "state"),
        )
        oldest = GaugeMetricFamily(
            "orange_friday_delivery_oldest_due_seconds",
            "For how long the delivery that waits longest has been due",
            labels=("channel",),
        )
        tries = CounterMetricFamily(
            "orange_friday_delivery_tries",
            "Tries by how they ended: failed ones are tried again, dead ones never are",
            labels=("channel", "outcome"),
        )
        depths = {(one.channel, one.state): one for one in self._found.depths}
        totals = {one.channel: one for one in self._found.totals}
        for channel in ChannelName:
            # Every channel from the start: a rate needs a zero to begin with.
            due = [found.oldest for found in self._found.depths if found.channel == channel]
            since = min((moment for moment in due if moment), default=None)
            oldest.add_metric([channel], seconds_since(since, self._now))
            for state in OPEN:
                here = depths.get((channel, state))
                depth.add_metric([channel, state], here.count if here else 0)
            total = totals.get(channel)
            for outcome in ("sent", "failed", "dead"):
                tries.add_metric([channel, outcome], getattr(total, outcome) if total else 0)
        yield from (depth, oldest, tries)
        yield GaugeMetricFamily(
            "orange_friday_delivery_hosts_paused",
            "Hosts that are left alone for a while because they fail or asked for it",
            value=self._found.paused,
        )
        yield GaugeMetricFamily(
            "orange_friday_events_unheard",
            "Events that no notices were made from yet, those in the undo window included",
            value=self._found.unheard,
        )
        yield GaugeMetricFamily(
            "orange_friday_events_oldest_unheard_seconds",
            "For how long the oldest of them has been waiting, the undo window left out",
            value=seconds_since(self._found.oldest_unheard, self._now),
        )


@get("/metrics", opt=ANONYMOUS)
async def metrics(request: Request[Any, Any, State], now: Now) -> Response[bytes]:
    """For the bearer token of an engineer; for everybody else there is nothing here."""
    await _require_engineer(request.headers.get("authorization", ""), now)
    from prometheus_client import CollectorRegistry, exposition
    from prometheus_client.openmetrics import exposition as open_exposition

    window = request.app.state.settings.undo_window
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Queue(await figures(now=now, window=window), now))
    # The library's own choice fails on an Accept header that is not in order.
    if "application/openmetrics-text" in request.headers.get("accept", ""):
        content = open_exposition.generate_latest(registry)  # type: ignore[no-untyped-call]
        content_type = open_exposition.CONTENT_TYPE_LATEST
    else:
        content = exposition.generate_latest(registry)
        content_type = exposition.CONTENT_TYPE_PLAIN_0_0_4
    return Response(content, headers={"Content-Type": content_type})


async def _require_engineer(header: str, now: datetime) -> None:
    try:
        person, _ = await holder_of(header, now=now)
    except NotSignedIn:
        raise NotFound from None
    if not person.is_staff:
        raise NotFound

"""The queue as Prometheus sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from tests.cast import ApiOf, BrowserOf, Clock, bearer_token, reaching
from tests.deliveries.far_side import Hook, Mail, hears, tick_alone, work
from tests.doing import ask, file
from tracker.channels.base import ChannelName, later, refused
from tracker.settings import Settings


async def scrape(app: Litestar, handle: str | None, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(
        transport=reaching(app), base_url="http://127.0.0.1:8000"
    ) as client:
        if handle:
            headers["Authorization"] = f"Bearer {bearer_token(handle)}"
        return await client.get("/metrics", headers=headers)


async def measured(app: Litestar) -> dict[str, float]:
    """Every figure that is not zero, by its name and labels."""
    answer = await scrape(app, "erin")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = list(plain_text(answer.text))
    assert all(family.documentation for family in families)
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in families
        for sample in family.samples
        if sample.value
    }


@pytest.mark.usefixtures("world")
async def test_the_queue(
    app: Litestar, browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    assert await measured(app) == {}
    await hears("alice")
    await hears("alice", ChannelName.EMAIL, host="mail.example.com")
    for _ in range(2):
        await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
    clock.advance(seconds=90)
    found = await measured(app)
    assert found.pop("orange_friday_events_unheard") >= 2
    assert found == {"orange_friday_events_oldest_unheard_seconds": 90}

    await tick_alone(settings, clock)
    clock.advance(minutes=5)
    assert await measured(app) == {
        "orange_friday_deliveries email pending": 2,
        "orange_friday_deliveries webhook pending": 2,
        "orange_friday_delivery_oldest_due_seconds email": 300,
        "orange_friday_delivery_oldest_due_seconds webhook": 300,
    }

    mail, hook = Mail(), Hook()
    mail.says = refused("550 no such mailbox")
    hook.says = later("429 Too Many Requests", retry_after=600.0)
    await work(mail, hook, settings=settings, clock=clock)
    found = await measured(app)
    assert found.pop("orange_friday_deliveries webhook failed") >= 1
    assert found.pop("orange_friday_delivery_tries_total webhook failed") >= 1
    found.pop("orange_friday_deliveries webhook pending", None)
    found.pop("orange_friday_delivery_oldest_due_seconds webhook", None)
    assert found == {
        "orange_friday_delivery_tries_total email dead": 2,
        "orange_friday_delivery_hosts_paused": 1,
    }
    clock.advance(hours=1)
    await work(mail, Hook(), settings=settings, clock=clock)
    found = await measured(app)
    assert found["orange_friday_delivery_tries_total webhook sent"] == 2
    assert "orange_friday_deliveries webhook failed" not in found


@pytest.mark.usefixtures("world")
async def test_what_can_be_taken_back_does_not_wait_until_then(
    app: Litestar, browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    """An alarm for what nobody sees to would sound with every question that is asked."""
    oldest = "orange_friday_events_oldest_unheard_seconds"
    app.state.settings = replace(settings, undo_window=timedelta(minutes=5))
    number = await file(browser_of("alice"))
    await tick_alone(settings, clock)
    await ask(api_of("erin"), number, "哪个模式下？")
    clock.advance(minutes=5)
    found = await measured(app)
    assert found.pop("orange_friday_events_unheard") == 1
    assert oldest not in found
    clock.advance(seconds=20)
    assert (await measured(app))[oldest] == 20


async def test_every_channel_begins_at_zero(app: Litestar, cast: object) -> None:
    answer = await scrape(app, "ada")
    for channel in ChannelName:
        for line in (
            f'orange_friday_deliveries{{channel="{channel}",state="pending"}} 0.0',
            f'orange_friday_delivery_tries_total{{channel="{channel}",outcome="sent"}} 0.0',
        ):
            assert line in answer.text.splitlines()


async def test_in_the_open_format_where_that_is_asked_for(app: Litestar, cast: object) -> None:
    answer = await scrape(app, "cai", Accept="application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    names = {one.name for one in open_metrics(answer.text)}  # type: ignore[no-untyped-call]
    assert "orange_friday_delivery_tries" in names
    strange = await scrape(app, "cai", Accept="application/openmetrics-text; version=abc")
    assert strange.text == answer.text


async def test_for_engineers_alone(app: Litestar, browser_of: BrowserOf, cast: object) -> None:
    for handle in ("alice", "charlie", None):
        assert (await scrape(app, handle)).status_code == 404, handle
    for wrong in ("Bearer oft_of-nobody", "Bearer", "Basic ZXJpbjp4", bearer_token("erin")):
        assert (await scrape(app, None, Authorization=wrong)).status_code == 404, wrong
    assert (await browser_of("erin").get("/metrics")).status_code == 404, "a cookie is no token"

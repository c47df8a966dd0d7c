"""Trying again and giving up, one or many, also while a worker is at it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.deliveries.far_side import Hook, hears, tick_alone, work
from tests.doing import ask, file, ok
from tracker import database as door
from tracker.channels.base import gone, later, refused
from tracker.deliveries import actions, claiming
from tracker.deliveries.claiming import LEASE, Settled
from tracker.settings import Settings

Question = Callable[[], Awaitable[int]]
WHY = {"reason": "the server was taken down"}


@pytest.fixture
async def question(
    world: None, browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> Question:
    """Have alice, who hears by a webhook, asked something; returns the delivery's number."""
    await hears("alice")

    async def make() -> int:
        await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
        await tick_alone(settings, clock)
        found = await ok(await api_of("erin").get("deliveries?limit=1"))
        number: int = found["items"][0]["id"]
        return number

    return make


async def put(api_of: ApiOf, path: str, body: object = None) -> Any:
    return await ok(await api_of("erin").put(f"deliveries/{path}", json=body))


async def stands(api_of: ApiOf, number: int) -> tuple[str, int, str]:
    one = await ok(await api_of("erin").get(f"deliveries/{number}"))
    return one["state"], one["attempts"], one["detail"]


async def claim(clock: Clock) -> list[tuple[int, int]]:
    """What a worker would take now: the numbers, and which try of each it would be."""
    rows = await claiming.claim(now=clock.now, most=10, each=10, room={})
    return [(row["id"], row["attempts"]) for row in rows]


async def settle(number: int, attempts: int, state: str, clock: Clock, *, minutes: int = 0) -> None:
    due = clock.now + timedelta(minutes=minutes) if minutes else None
    outcome = Settled(number, attempts, clock.now + LEASE, state, "", due)
    await claiming.settle([outcome], now=clock.now)


async def test_a_dead_one_is_tried_at_once(
    question: Question, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    number, hook = await question(), Hook()
    hook.says = refused("400 Bad Request")
    await work(hook, settings=settings, clock=clock)
    assert await stands(api_of, number) == ("dead", 1, "400 Bad Request")
    first, again = [await put(api_of, f"{number}/retry") for _ in range(2)]
    assert first == again
    assert (first["state"], first["detail"]) == ("pending", "400 Bad Request")
    assert first["due_at"] == clock.now.isoformat().replace("+00:00", "Z")
    hook.says = Hook().says
    await work(hook, settings=settings, clock=clock)
    assert await stands(api_of, number) == ("sent", 2, "")
    one, two = hook.got
    assert one.key == two.key, "by which the far side knows it"
    answer = await api_of("erin").put(f"deliveries/{number}/retry")
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "It has arrived: there is nothing to be done",
    )


async def test_a_failed_one_need_not_wait(
    question: Question, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    number, hook = await question(), Hook()
    hook.says = later("503 Service Unavailable", host_failed=False)
    for _ in range(8):
        await work(hook, settings=settings, clock=clock)
        clock.advance(hours=6)
    clock.advance(hours=-6)
    state, tries, detail = await stands(api_of, number)
    assert (state, detail) == ("failed", "503 Service Unavailable")
    assert await claim(clock) == []
    assert (await put(api_of, f"{number}/retry"))["state"] == "failed"
    assert await claim(clock) == [(number, tries + 1)]


async def test_a_place_that_is_gone_is_not_tried(
    question: Question, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    number, hook = await question(), Hook()
    hook.says = gone("410 Gone")
    await work(hook, settings=settings, clock=clock)
    answer = await api_of("erin").put(f"deliveries/{number}/retry")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("Its subscription is gone")
    assert await stands(api_of, number) == ("dead", 1, "410 Gone")


async def test_nor_is_an_account_that_is_closed(
    question: Question, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    number = await question()
    await door.execute("UPDATE people SET disabled_at = now() WHERE handle = 'alice'")
    await work(Hook(), settings=settings, clock=clock)
    assert await stands(api_of, number) == ("dead", 1, "the account is closed")
    answer = await api_of("erin").put(f"deliveries/{number}/retry")
    assert answer.json()["detail"].startswith("The account is closed")


async def test_one_is_given_up_with_its_reason(
    question: Question, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    number, hook = await question(), Hook()
    hook.says = later("503 Service Unavailable")
    await work(hook, settings=settings, clock=clock)
    first = await put(api_of, f"{number}/end", WHY)
    assert (first["state"], first["due_at"]) == ("dead", None)
    assert first["detail"] == (
        "given up by erin: the server was taken down (503 Service Unavailable)"
    )
    assert await put(api_of, f"{number}/end", {"reason": "another"}) == first
    clock.advance(days=1)
    assert await claim(clock) == []
    await put(api_of, f"{number}/retry")
    assert await claim(clock) == [(number, 2)]


async def test_who_did_it_is_in_the_history(
    question: Question, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    """Once for what has changed something, however often it is asked for."""
    number = await question()
    for path, body in (
        (f"{number}/end", WHY),
        (f"{number}/retry", None),
        ("end", {"state": "pending", "person": "alice", **WHY}),
        ("retry", {"state": "dead", "person": "alice"}),
    ):
        clock.advance(minutes=5)
        for _ in range(2):
            await put(api_of, path, body)
    rows = await door.fetch(
        "SELECT e.kind, p.handle, e.internal, e.data FROM events e JOIN people p ON p.id = e.actor"
        " WHERE e.kind LIKE 'deliver%' ORDER BY e.id"
    )
    assert all(row["handle"] == "erin" and row["internal"] for row in rows)
    meant = {"person": "alice", "state": "pending"}
    assert [(row["kind"], json.loads(row["data"])) for row in rows] == [
        ("delivery.ended", {"delivery": number, **WHY}),
        ("delivery.retried", {"delivery": number}),
        ("deliveries.ended", {"chosen": meant, "changed": 1, **WHY}),
        ("deliveries.retried", {"chosen": {**meant, "state": "dead"}, "changed": 1}),
    ]


async def test_what_cannot_be_given_up_says_why(
    question: Question, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    number = await question()
    for body in ({}, {"reason": ""}, {"reason": "x" * 201}):
        answer = await api_of("erin").put(f"deliveries/{number}/end", json=body)
        assert answer.status_code == 422, body
    await work(Hook(), settings=settings, clock=clock)
    assert (await api_of("erin").put(f"deliveries/{number}/end", json=WHY)).status_code == 409
    assert (await api_of("erin").put("deliveries/999/end", json=WHY)).status_code == 404
    assert (await api_of("erin").put("deliveries/999/retry")).status_code == 404


async def test_what_is_quiet_until_morning_stays_quiet(
    question: Question, api_of: ApiOf, clock: Clock
) -> None:
    number = await question()
    morning = clock.now + timedelta(hours=8)
    await door.execute("UPDATE deliveries SET due_at = $1", morning)
    await put(api_of, f"{number}/retry")
    assert await claim(clock) == []


async def test_one_that_is_being_tried_is_left_to_its_worker(
    question: Question, api_of: ApiOf, clock: Clock
) -> None:
    number = await question()
    await claim(clock)
    await settle(number, 1, "failed", clock, minutes=1)
    clock.advance(minutes=1)
    assert await claim(clock) == [(number, 2)]
    await put(api_of, f"{number}/retry")
    assert await claim(clock) == [], "nobody else gets it"
    await settle(number, 2, "sent", clock)
    assert (await stands(api_of, number))[0] == "sent"


@pytest.mark.parametrize(("outcome", "state"), [("sent", "sent"), ("failed", "dead")])
async def test_given_up_while_it_is_being_tried(
    question: Question, api_of: ApiOf, clock: Clock, outcome: str, state: str
) -> None:
    number = await question()
    await claim(clock)
    await put(api_of, f"{number}/end", WHY)
    await settle(number, 1, outcome, clock, minutes=outcome == "failed")
    assert (await stands(api_of, number))[0] == state


@pytest.mark.parametrize("outcome", ["sent", "failed", ""])
async def test_given_up_and_tried_again_while_it_is_being_tried(
    question: Question, api_of: ApiOf, clock: Clock, outcome: str
) -> None:
    """Until the lease of the first worker is over, no other gets it."""
    number = await question()
    await claim(clock)
    await put(api_of, f"{number}/end", WHY)
    await put(api_of, f"{number}/retry")
    clock.advance(minutes=2)
    assert await claim(clock) == []
    if outcome:
        await settle(number, 1, outcome, clock, minutes=5 * (outcome == "failed"))
    clock.advance(minutes=10)
    assert await claim(clock) == ([] if outcome == "sent" else [(number, 2)])


async def test_a_late_worker_changes_nothing_of_a_new_try(
    question: Question, api_of: ApiOf, clock: Clock
) -> None:
    number = await question()
    await claim(clock)
    await put(api_of, f"{number}/end", WHY)
    clock.advance(minutes=5)
    await put(api_of, f"{number}/retry")
    assert await claim(clock) == [(number, 2)]
    await settle(number, 1, "failed", clock, minutes=1)
    assert (await stands(api_of, number))[0] == "pending"
    await settle(number, 2, "sent", clock)
    assert (await stands(api_of, number))[0] == "sent"


@pytest.fixture
async def dead(question: Question, api_of: ApiOf, clock: Clock, settings: Settings) -> list[int]:
    """Five of alice's, of which the last cannot be reached any more; and a sixth that waits."""
    numbers = [await question() for _ in range(5)]
    hook = Hook()
    hook.says = refused("400 Bad Request")
    await work(hook, settings=settings, clock=clock)
    other = await hears("bob", host="elsewhere.example.com")
    await door.execute("UPDATE deliveries SET subscription = $1 WHERE id = $2", other, numbers[-1])
    await door.execute("UPDATE subscriptions SET gone_at = now() WHERE id = $1", other)
    numbers.append(await question())
    return numbers


async def test_all_that_are_dead(
    dead: list[int], api_of: ApiOf, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST", 3)
    which = {"state": "dead", "channel": "webhook", "person": "alice"}
    assert await put(api_of, "retry", which) == {"changed": 3, "more": True, "gone": 0}
    assert await put(api_of, "retry", which) == {"changed": 1, "more": False, "gone": 1}
    assert await put(api_of, "retry", which) == {"changed": 0, "more": False, "gone": 1}
    assert [number for number, _ in await claim(clock)] == [*dead[:4], dead[5]]
    assert (await stands(api_of, dead[4]))[0] == "dead"


async def test_all_that_wait_for_a_host(dead: list[int], api_of: ApiOf, clock: Clock) -> None:
    which = {"state": "pending", "host": "hooks.example.com", **WHY}
    assert await put(api_of, "end", which) == {"changed": 1, "more": False, "gone": 0}
    assert await put(api_of, "end", which) == {"changed": 0, "more": False, "gone": 0}
    assert (await stands(api_of, dead[5]))[2] == "given up by erin: the server was taken down"
    assert await claim(clock) == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("retry", {"state": "dead"}, "release"),
        ("retry", {"state": "sent", "person": "alice"}, "state"),
        ("end", {"state": "failed", **WHY}, "release"),
        ("end", {"state": "dead", "person": "alice", **WHY}, "state"),
    ],
)
async def test_not_everything_by_mistake(
    question: Question, api_of: ApiOf, path: str, body: dict[str, Any], field: str
) -> None:
    answer = await api_of("erin").put(f"deliveries/{path}", json=body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]

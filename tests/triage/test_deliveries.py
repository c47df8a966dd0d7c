"""How notices got to people, in the terminal."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, Clock
from tests.deliveries.far_side import SECRET, Hook, hears, tick_alone, work
from tests.doing import FRIDAY, ask
from tests.live import Filed, TriageOf
from tracker.channels.base import later, refused
from tracker.settings import Settings


@pytest.fixture
async def told(filed: Filed, api_of: ApiOf, clock: Clock, settings: Settings) -> None:
    """Three questions to alice, who hears by a webhook: 1 was refused, 2 failed, 3 waits."""
    await hears("alice")
    hook = Hook()
    for outcome in (refused("400 Bad Request"), later("503 Service Unavailable"), None):
        await ask(api_of("erin"), await filed(), "哪个模式下？")
        await tick_alone(settings, clock)
        if outcome:
            hook.says = outcome
            await work(hook, settings=settings, clock=clock)


@pytest.mark.usefixtures("told")
async def test_the_ledger(triage_of: TriageOf) -> None:
    erin = triage_of("erin")
    ran = await erin("deliveries")
    assert ran.code == 0
    channel, counts, oldest, _, head, *rows = ran.out.splitlines()
    assert channel.split() == ["channel", "pending", "failed", "dead", "sent"]
    assert counts.split() == ["webhook", "1", "1", "1", "–"]
    assert oldest.startswith("Oldest waiting: ")
    assert head.split() == "id state channel to host tries made next what".split()
    assert [row.split()[:6] for row in rows] == [
        ["3", "pending", "webhook", "alice", "hooks.example.com", "0"],
        ["2", "failed", "webhook", "alice", "hooks.example.com", "1"],
        ["1", "dead", "webhook", "alice", "hooks.example.com", "1"],
    ]
    assert "An engineer needs one thing from you" in rows[0]
    assert "503 Service Unavailable" in rows[1]
    assert SECRET not in ran.out
    narrow = (await erin("deliveries", COLUMNS="60")).out
    assert "1 · dead · webhook · alice" in narrow


@pytest.mark.usefixtures("told")
async def test_narrowed_and_as_json(triage_of: TriageOf) -> None:
    erin = triage_of("erin")
    for words, found in (
        ([], [3, 2, 1]),
        (["-n", "2"], [3, 2]),
        (["--state", "dead"], [1]),
        (["--channel", "email"], []),
        (["--person", "alice", "--host", "hooks.example.com"], [3, 2, 1]),
        (["--notice", "2"], [2]),
        (["--release", FRIDAY], []),
    ):
        ran = await erin("deliveries", "--json", *words)
        assert (ran.code, [one["id"] for one in ran.things]) == (0, found), words
    ran = await erin("deliveries", "--release", FRIDAY)
    assert (ran.code, ran.out, ran.err) == (0, "", "No deliveries like that.\n")


async def test_before_anything_was_sent(triage_of: TriageOf) -> None:
    ran = await triage_of("erin")("deliveries")
    assert (ran.code, ran.out, ran.err) == (0, "", "No deliveries yet.\n")


@pytest.mark.usefixtures("told")
async def test_a_tester_sees_their_own(triage_of: TriageOf) -> None:
    ran = await triage_of("alice")("deliveries")
    assert (ran.code, len(ran.out.splitlines())) == (0, 4)
    assert (await triage_of("bob")("deliveries", "--person", "alice")).code == 4
    assert (await triage_of("alice")("deliveries", "retry", "1")).code == 3


@pytest.mark.usefixtures("told")
async def test_tried_again(triage_of: TriageOf) -> None:
    erin = triage_of("erin")
    ran = await erin("deliveries", "retry", "1", "99", TZ="Asia/Shanghai")
    assert ran.code == 4
    assert ran.out == "1  pending, tried from 2026-11-24 10:00 on\n"
    assert ran.err == "triage: no delivery 99\n"
    dead = (await erin("deliveries", "--state", "pending", "--json")).out
    ran = await erin("deliveries", "retry", "-", "--json", stdin=dead)
    assert [(one["id"], one["state"]) for one in ran.things] == [(3, "pending"), (1, "pending")]


@pytest.mark.usefixtures("told")
async def test_given_up(triage_of: TriageOf) -> None:
    erin = triage_of("erin")
    ran = await erin("deliveries", "give-up", "2", "3", "--reason", "the server is gone")
    assert (ran.code, ran.out.splitlines()) == (
        0,
        [
            "2  dead: given up by erin: the server is gone (503 Service Unavailable)",
            "3  dead: given up by erin: the server is gone",
        ],
    )
    ran = await erin("deliveries", "give-up", "2", "--reason", "")
    assert (ran.code, ran.out) == (1, "")


@pytest.mark.usefixtures("told")
async def test_all_at_once(triage_of: TriageOf) -> None:
    erin = triage_of("erin")
    which = ["--dead", "--person", "alice"]
    ran = await erin("deliveries", "retry", *which, typed="n\n")
    assert (ran.code, ran.out) == (1, "")
    assert "Try 1 dead delivery?" in ran.err
    ran = await erin("deliveries", "retry", *which, typed="y\n")
    assert (ran.code, ran.out) == (0, "1 delivery tried at once\n")
    ran = await erin("deliveries", "retry", *which, "--json")
    assert (ran.code, ran.thing) == (0, {"changed": 0, "gone": 0})
    words = ["--pending", "--host", "hooks.example.com", "--reason", "the server is gone"]
    ran = await erin("deliveries", "give-up", *words)
    assert (ran.code, ran.out) == (0, "2 deliveries given up\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--state", "lost"], "lost"),
        (["--release", "soon"], "soon is not a date"),
        (["--state", "dead", "retry", "1"], "options go behind retry"),
        (["retry"], "give ids"),
        (["retry", "R-1"], "not the number of a delivery"),
        (["retry", "1", "--dead"], "not both"),
        (["retry", "--dead"], "--dead goes with --release"),
        (["retry", "--dead", "--failed", "--person", "alice"], "--dead or --failed"),
        (["give-up", "1"], "give the reason"),
        (["give-up", "-", "--reason", "-"], "only one thing"),
    ],
)
async def test_wrong_usage(triage_of: TriageOf, words: list[str], message: str) -> None:
    ran = await triage_of("erin")("deliveries", *words)
    assert (ran.code, ran.out) == (2, "")
    assert message.replace("soon is", "'soon' is") in ran.err

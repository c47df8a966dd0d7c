"""`triage build` beyond entering one: withdrawing, restoring, moving a model's builds."""

from __future__ import annotations

import pytest

from tests.live import TriageOf

pytestmark = pytest.mark.usefixtures("world")


async def test_a_build_is_withdrawn_and_restored(triage_of: TriageOf) -> None:
    erin = triage_of("erin")
    words = ["build", "withdraw", "fuxi", "26.11.20", "--reason", "部分手机无法开机"]
    ran = await erin(*words)
    assert (ran.code, ran.out) == (0, "fuxi 26.11.20  withdrawn\n")
    ran = await erin(*words, "--reason-en", "Some phones do not start", "--json")
    assert ran.thing["withdrawn"]["reason"]["en"] == "部分手机无法开机", "as said first"
    ran = await erin("build", "restore", "fuxi", "26.11.20")
    assert (ran.code, ran.out) == (0, "fuxi 26.11.20  no longer withdrawn\n")
    ran = await erin("build", "withdraw", "fuxi", "1", "--reason", "…")
    assert ran.code == 4
    ran = await erin("build", "withdraw", "fuxi", "26.11.20")
    assert (ran.code, "--reason" in ran.err) == (2, True)


async def test_a_model_is_moved_to_another_ring(triage_of: TriageOf) -> None:
    erin = triage_of("erin")
    words = ["build", "move", "fuxi", "--from", "dev", "--to", "closed", "--after", "26.11.6"]
    ran = await erin(*words)
    assert ran.code == 0, ran.err
    versions = [text.split()[1] for text in ran.out.splitlines()]
    assert versions == ["26.11.6", "26.11.18", "26.11.13", "26.11.20"]
    ran = await erin(*words, "--json")
    assert [one["version"] for one in ran.things] == versions
    ran = await erin("build", "move", "fuxi", "--from", "closed", "--to", "closed")
    assert ran.code == 1

"""Thanking testers, by the real process on a real server."""

from __future__ import annotations

import pytest

from tests.cast import Clock
from tests.live import Filed, TriageOf


async def test_credited_and_no_longer(triage_of: TriageOf, filed: Filed, clock: Clock) -> None:
    first, erin = await filed(), triage_of("erin")
    await erin("propose", first)
    await erin("fix", "P-1")
    clock.advance(hours=1)
    late = await filed("闪退", by="bob")
    await erin("link", late, "P-1")
    ran = await erin("credit", late)
    assert (ran.code, ran.out) == (0, f"{late}  bob is credited in P-1\n")
    ran = await erin("show", "P-1")
    assert f"alice · {first} · has not agreed to be named" in ran.out
    assert f"bob · {late} · by erin · has not agreed to be named" in ran.out
    thing = (await erin("show", "P-1", "--json")).thing
    assert [(one["person"], one["by"]) for one in thing["credited"]] == [
        ("alice", None),
        ("bob", "erin"),
    ]
    ran = await erin("uncredit", late, "--person", "bob")
    assert (ran.code, ran.out) == (0, f"{late}  bob is no longer credited for it\n")
    thing = (await erin("show", "P-1", "--json")).thing
    assert [one["person"] for one in thing["credited"]] == ["alice"]


@pytest.mark.parametrize(
    ("who", "words", "code", "message"),
    [
        ("erin", ["credit", "R-99"], 4, "no report R-99"),
        ("erin", ["credit", "R-1"], 1, "in no proposal yet"),
        ("erin", ["uncredit", "R-1", "--person", "bob"], 1, "neither filed R-1"),
        ("erin", ["credit", "P-1"], 2, "is not the number of a report"),
        ("alice", ["credit", "R-1"], 3, "Only engineers"),
        ("alice", ["uncredit", "R-1"], 3, "Only engineers"),
    ],
)
async def test_refusals(
    triage_of: TriageOf, filed: Filed, who: str, words: list[str], code: int, message: str
) -> None:
    await filed()
    ran = await triage_of(who)(*words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err

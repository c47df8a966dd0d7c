"""Two engineers at the same reports: the second is shown what the first did, and decides again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cast import ApiOf
from tests.live import Filed, Triage, TriageOf

# Somebody at a terminal, who has nothing to type.
THERE = {"typed": ""}
CLOSE = ("--reason", "spam", "--text", "广告")


@pytest.fixture
def erin(triage_of: TriageOf) -> Triage:
    return triage_of("erin")


@pytest.fixture
def cai(triage_of: TriageOf) -> Triage:
    return triage_of("cai")


async def test_closing_what_another_has_linked_since(
    erin: Triage, cai: Triage, filed: Filed
) -> None:
    report = await filed()
    assert (await erin("show", report, **THERE)).code == 0
    assert (await cai("propose", report)).code == 0

    ran = await erin("close", report, *CLOSE, **THERE)
    assert (ran.code, ran.out) == (1, "")
    first, *happened, last = ran.err.splitlines()
    assert first == (
        f"triage: {report} changed since you looked at it (小蔡), and nothing was done"
    )
    assert [line for line in happened if "P-1" in line and "小蔡" in line]
    assert last == "The same command again does it all the same."
    assert (await erin("show", report, "--json")).thing["status"] == "accepted"

    ran = await erin("close", report, *CLOSE, **THERE)
    assert (ran.code, ran.out) == (0, f"{report}  closed: spam\n"), "now it is no surprise"


@pytest.mark.parametrize(
    "words",
    [
        ("link", "{}", "P-1"),
        ("unlink", "{}"),
        ("ask", "{}", "哪个版本？"),
        ("reopen", "{}"),
        ("snooze", "{}", "--until", "3d"),
        ("propose", "{}"),
        ("credit", "{}"),
        ("uncredit", "{}"),
    ],
)
async def test_whatever_would_change_it_waits(
    erin: Triage, cai: Triage, filed: Filed, api_of: ApiOf, words: tuple[str, ...]
) -> None:
    report, other = await filed(), await filed("另一个")
    await cai("propose", other)
    assert (await erin("inbox", **THERE)).code == 0
    answer = await api_of("cai").put(f"reports/{report}/owner", json={"owner": "ada"})
    assert answer.status_code == 200
    command = [word.format(report) for word in words]
    ran = await erin(*command, **THERE)
    assert ran.code == 1
    assert f"{report} changed since you looked at it (小蔡)" in ran.err
    assert (await cai("show", report, "--json")).thing["owner"] == "ada"
    assert "changed since" not in (await erin(*command, **THERE)).err


async def test_one_of_many_does_not_stop_the_others(
    erin: Triage, cai: Triage, filed: Filed
) -> None:
    one, two, unseen = await filed(), await filed(), await filed()
    for report in (one, two):
        await erin("show", report, **THERE)
    await cai("ask", one, "哪个版本？")
    await cai("ask", unseen, "哪个版本？")
    ran = await erin("close", one, two, unseen, *CLOSE, **THERE)
    assert ran.code == 1
    assert ran.out == f"{two}  closed: spam\n{unseen}  closed: spam\n"
    assert f"  {one}: 小蔡: " in ran.err


async def test_ones_own_acts_and_words_that_only_add_are_no_surprise(
    erin: Triage, cai: Triage, filed: Filed
) -> None:
    report = await filed()
    await erin("show", report, **THERE)
    assert (await erin("propose", report, **THERE)).code == 0
    assert (await erin("unlink", report, **THERE)).code == 0
    await cai("reply", report, "收到")
    assert (await erin("reply", report, "我也收到", **THERE)).code == 0
    assert (await erin("close", report, *CLOSE, **THERE)).code == 1


async def test_a_script_has_seen_what_it_pipes_in(erin: Triage, cai: Triage, filed: Filed) -> None:
    one, two = await filed(), await filed()
    listed = (await erin("inbox", "--json")).out
    await cai("close", one, *CLOSE)
    for act in (("snooze", "-", "--until", "3d"), ("propose", "-", "--title", "相机")):
        ran = await erin(*act, "--json", stdin=listed)
        assert ran.code == 1
        (problem,) = ran.problems
        assert (problem["status"], problem["exit"]) == (412, 1)
        assert {error["field"] for error in problem["errors"]} == {one}
        assert "小蔡" in problem["errors"][-1]["message"]
    # By its number alone it is done as it is found, and there is nobody who looked before.
    assert (await erin("reopen", one)).code == 0
    await erin("show", two, **THERE)
    await cai("ask", two, "哪个版本？")
    assert (await erin("close", two, *CLOSE, "--json")).code == 0


async def test_what_was_seen_is_kept_beside_the_login(
    erin: Triage, filed: Filed, tmp_path: Path
) -> None:
    report = await filed()
    await erin("show", report, **THERE)
    kept = json.loads((tmp_path / "erin" / "triage" / "seen.json").read_text())
    assert [list(revisions) for revisions in kept.values()] == [[report]]
    # Where nothing can be kept, nothing is in the way.
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "file" / "below")
    assert (await erin("show", report, TRIAGE_CONFIG_DIR=nowhere, **THERE)).code == 0

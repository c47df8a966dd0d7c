"""An engineer writes a plan in an editor and applies it, by the real process on a real server."""

from __future__ import annotations

import re

import pytest

from tests.live import Filed, TriageOf


def edited(plan: str, **deeds: str) -> str:
    """The plan with something to do for each report, as typed over the dash of its line."""
    for name, deed in deeds.items():
        number = name.replace("_", "-")
        plan, found = re.subn(rf"^({number}@\d+ *) -  ", rf"\1 {deed}  ", plan, flags=re.MULTILINE)
        assert found == 1, f"{number} in {plan}"
    return plan


async def test_a_plan_is_exported_edited_tried_and_applied(
    triage_of: TriageOf, filed: Filed
) -> None:
    one, two, three = [await filed(f"闪退 {n} # 后面") for n in range(3)]
    erin = triage_of("erin")
    plan = (await erin("export", "--module", "camera")).out
    assert f"{one}@" in plan
    assert "· camera · normal · new · 闪退 0 # 后面" in plan
    assert (await erin("apply", "-", stdin=plan)).err == "The plan does nothing.\n"

    plan += '=a "Camera start" zh "修复相机闪退的问题" en "Camera closed"\n'
    plan = edited(
        plan,
        **{
            one.replace("-", "_"): "link =a",
            two.replace("-", "_"): "link =a",
            three.replace("-", "_"): 'close as_intended "就是这样设计的"',
        },
    )
    ran = await erin("apply", "--dry-run", "-", stdin=plan)
    assert ran.code == 0, ran.err
    assert f"{one:<8}new → accepted  =a" in ran.out
    assert f"{three:<8}new → closed" in ran.out
    assert "3 lines tried, 0 problems; nothing is changed." in ran.err
    assert (await erin("proposals", "--json")).things == []

    ran = await erin("apply", "-", stdin=plan)
    assert ran.code == 0, ran.err
    assert "P-1  opened for =a" in ran.out or re.search(r"P-\d+  opened for =a", ran.out)
    (proposal,) = (await erin("proposals", "--json")).things
    assert (proposal["title"], proposal["reports"]) == ("Camera start", 2)
    act = (await erin("log", "--json")).things[0]
    assert f"triage undo {act['id']}" in ran.out

    # Sent again it is not done again; taken back, it can be.
    assert "applied before" in (await erin("apply", "-", stdin=plan)).err
    assert (await erin("undo", "--yes")).code == 0
    statuses = {report["status"] for report in (await erin("inbox", "--json")).things}
    assert statuses == {"new"}
    assert (await erin("proposals", "--json")).things == []
    ran = await erin("apply", "-", stdin=plan)
    assert (ran.code, len((await erin("proposals", "--json")).things)) == (0, 1), ran.err


async def test_snoozes_and_labels_are_planned_too(triage_of: TriageOf, filed: Filed) -> None:
    one, two = await filed("发烫"), await filed("掉电")
    erin = triage_of("erin")
    plan = edited((await erin("export")).out, R_1="snooze 2w", R_2="label overheating")
    ran = await erin("apply", "-", stdin=plan + f"{one} label overheating\n")
    assert ran.code == 0, ran.err
    found = [(await erin("show", name, "--json")).thing for name in (one, two)]
    assert [report["labels"] for report in found] == [["overheating"]] * 2
    assert found[0]["snoozed_until"]
    ran = await erin("apply", "-", stdin=f"{one} wake\n{one} unlabel overheating\n")
    assert ran.code == 0, ran.err
    back = (await erin("show", one, "--json")).thing
    assert (back["labels"], back["snoozed_until"]) == ([], None)
    # All of it is one act each, taken back in turn.
    assert (await erin("undo", "--yes")).code == 0
    assert (await erin("show", one, "--json")).thing["labels"] == ["overheating"]
    for wrong, word in (
        ("snooze soon", "'soon' is none of 12h"),
        ("label", "label takes a label, such as overheating"),
        ("wake up", "wake takes nothing behind it"),
    ):
        ran = await erin("apply", "-", stdin=f"{one} {wrong}\n")
        assert ran.code == 2
        assert word in ran.err
    ran = await erin("apply", "-", stdin=f"{one} label Über\n")
    assert ran.code == 1
    assert "overheating" in ran.err


async def test_what_others_did_meanwhile_is_shown_and_never_overwritten(
    triage_of: TriageOf, filed: Filed
) -> None:
    one, two = await filed("闪退"), await filed("花屏")
    erin = triage_of("erin")
    plan = edited(
        (await erin("export")).out,
        **{one.replace("-", "_"): "own ada", two.replace("-", "_"): 'note "看过"'},
    )
    await triage_of("cai")("close", one, "--reason", "as_intended", "--text", "有意如此")
    for options in ([], ["--dry-run"]):
        ran = await erin("apply", *options, "-", stdin=plan)
        assert ran.code == 1
        assert re.search(rf"  line \d+, {one}: it changed since you saw it \(.+\)", ran.err)
        assert two not in ran.err
    assert (await erin("show", one, "--json")).thing["owner"] == "cai"
    assert (await erin("show", two, "--json")).thing["messages"] == []


async def test_a_dry_run_names_every_problem_and_apply_stops_at_the_first(
    triage_of: TriageOf, filed: Filed
) -> None:
    one, two = await filed("闪退"), await filed("花屏")
    plan = f"{one} link P-99\n{two} own ada\nR-9999 reopen\n{two} own nobody\n"
    erin = triage_of("erin")
    ran = await erin("apply", "--dry-run", "-", stdin=plan)
    assert ran.code == 1
    assert [
        re.match(r"  (line \d)", line)[1]  # type: ignore[index]
        for line in ran.err.splitlines()
        if line.startswith("  line")
    ] == ["line 1", "line 3", "line 4"]
    ran = await erin("apply", "-", stdin=plan)
    assert (ran.code, ran.err.count("  line ")) == (1, 1)
    assert (await erin("show", two, "--json")).thing["owner"] == "cai"
    assert (await erin("log", "--json")).things == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("R-1 explode", "line 1: 'explode' is nothing to do with a report"),
        ("R-1 link", "line 1: link takes a proposal, such as P-3 or =a"),
        ("R-1 link =b", "line 1: no line of the plan opens =b"),
        ("P-1 link P-2", "line 1: 'P-1' is not the number of a report"),
        ('R-1 ask "half', "line 1: No closing quotation"),
        ("=a", "line 1: =a needs a title"),
    ],
)
async def test_a_line_that_cannot_be_read_is_named(
    triage_of: TriageOf, line: str, said: str
) -> None:
    ran = await triage_of("erin")("apply", "-", stdin=line)
    assert ran.code == 2
    assert said in ran.err


async def test_testers_apply_nothing(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    assert (await triage_of("alice")("apply", "-", stdin=f"{report} own erin")).code == 3

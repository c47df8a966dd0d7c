"""`triage rules`: captains keep them, engineers read them and see what they would have done."""

from __future__ import annotations

from tests.cast import Clock
from tests.live import Filed, TriageOf
from tracker.desk.routing import route_filed

CRASH = ("--words", "闪退", "--words", "crash", "--module", "camera", "--owner", "erin")


async def test_keeping_listing_and_removing(triage_of: TriageOf, world: None) -> None:
    cai, erin = triage_of("cai"), triage_of("erin")
    assert (await erin("rules")).err == "No rules yet.\n"
    ran = await cai("rules", "keep", "camera-crash", *CRASH)
    assert (ran.code, ran.out) == (0, "camera-crash  saved, number 1\n"), ran.err
    ran = await cai("rules", "keep", "hot", "--words", "发烫", "--label", "overheating")
    assert ran.out == "hot  saved, number 2\n"
    ran = await cai("rules", "keep", "hot", "--position", "1", "--off")
    assert ran.out == "hot  changed, number 1, off\n"
    ran = await erin("rules")
    assert ran.out.splitlines() == [
        "  1  hot · off",
        "     “发烫” → label overheating",
        "  2  camera-crash",
        "     (“闪退” or “crash”) and camera → to erin",
    ]
    ran = await cai("rules", "keep", "camera-crash", "--module", "", "--label", "crash")
    assert ran.code == 0, ran.err
    kept = (await erin("rules", "list", "--json")).things[1]
    assert (kept["module"], kept["words"], kept["labels"], kept["owner"]) == (
        *(None, ["闪退", "crash"], ["crash"]),
        "erin",
    )
    assert (await erin("rules", "remove", "hot")).code == 3
    assert (await cai("rules", "remove", "hot")).out == "hot  removed\n"
    assert (await cai("rules", "remove", "hot")).code == 4
    ran = await cai("rules", "keep", "empty", "--owner", "erin")
    assert ran.code == 1
    assert "one condition at least" in ran.err


async def test_what_it_would_have_done(triage_of: TriageOf, filed: Filed, clock: Clock) -> None:
    report = await filed("打开相机后闪退")
    await filed("拍照很慢")
    cai, erin = triage_of("cai"), triage_of("erin")
    await cai("rules", "keep", "camera-crash", *CRASH, "--label", "crash", "--off")
    ran = await erin("rules", "check", "camera-crash", "--days", "3")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[:3] == [
        "1 of the 2 reports of 3 days match.",
        "1 would have another owner than they have.",
        "1 would be labelled crash.",
    ]
    assert f"{report} · normal · camera · fuxi" in ran.out
    assert "cai → erin · + crash" in ran.out
    found = (await erin("rules", "check", "camera-crash", "--words", "慢", "--json")).thing
    assert (found["matches"], found["sample"][0]["title"]) == (1, "拍照很慢")
    found = (await erin("rules", "check", "--words", "不存在的词", "--label", "x", "--json")).thing
    assert (found["filed"], found["matches"], found["sample"]) == (2, 0, [])
    assert (await erin("rules", "check")).code == 2
    assert (await erin("rules", "check", "nothing")).code == 4
    assert [one["enabled"] for one in (await erin("rules", "--json")).things] == [False]


async def test_the_reply_it_suggests_is_shown_with_its_command(
    triage_of: TriageOf, filed: Filed, clock: Clock
) -> None:
    cai, erin = triage_of("cai"), triage_of("erin")
    await cai("replies", "keep", "need-log", "--kind", "question", "--zh", "日志", "--en", "A log")
    await cai("replies", "keep", "another", "--zh", "谢谢", "--en", "Thanks")
    ran = await cai("rules", "keep", "crash", "--words", "闪退", "--reply", "need-log")
    assert ran.code == 0, ran.err
    report = await filed("打开相机后闪退")
    await route_filed(now=clock.now)
    line = f"suggested: need-log (triage ask {report} --saved need-log)"
    assert line in (await erin("show", report)).out
    ran = await erin("replies", "--for", report)
    assert ran.out.splitlines()[0] == "→ need-log · question"
    assert (await erin("ask", report, "--saved", "need-log")).code == 0
    assert "suggested" not in (await erin("show", report)).out, "it has been answered"

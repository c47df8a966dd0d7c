"""`triage ask R-12 --saved NAME`, and keeping what it says, by the real process."""

from __future__ import annotations

from tests.live import Filed, TriageOf


async def test_a_captain_keeps_and_an_engineer_says_it(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    cai, erin = triage_of("cai"), triage_of("erin")
    ran = await cai(
        *("replies", "keep", "need-log", "--kind", "question"),
        *("--zh", "{report} 请附日志", "--en", "A log for {report}, please"),
    )
    assert (ran.code, ran.out) == (0, "need-log  saved, a question\n"), ran.err
    ran = await cai("replies", "keep", "need-log", "--en", "A log please")
    assert ran.out == "need-log  changed, a question\n"
    assert "saved-replies" not in (await erin("replies")).out
    listed = (await erin("replies", "--json")).thing
    assert (listed["zh"], listed["en"]) == ("{report} 请附日志", "A log please")
    ran = await erin("replies", "--for", report)
    assert ran.out.splitlines() == ["need-log · question", f"  {report} 请附日志"]

    ran = await erin("ask", report, "--saved", "need-log")
    assert (ran.code, ran.out) == (0, f"{report}  asked, now needs info\n"), ran.err
    asked = (await erin("show", report, "--json")).thing["question"]
    assert asked["text"] == f"{report} 请附日志"


async def test_what_is_no_such_reply_is_not_said(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    cai, erin = triage_of("cai"), triage_of("erin")
    await cai("replies", "keep", "thanks", "--zh", "谢谢", "--en", "Thank you")
    ran = await erin("reply", report, "--saved", "thank")
    assert (ran.code, ran.err) == (4, "triage: no saved reply thank; did you mean thanks?\n")
    ran = await erin("ask", report, "--saved", "thanks")
    assert (ran.code, ran.err) == (
        1,
        "triage: thanks is a reply, not a question: nothing was sent\n",
    )
    ran = await erin("reply", report, "收到", "--saved", "thanks")
    assert ran.code == 2
    assert (await erin("show", report, "--json")).thing["messages"] == []
    assert (await erin("replies", "keep", "thanks", "--zh", "多谢")).code == 3
    assert (await cai("replies", "keep", "other", "--zh", "只有中文")).code == 2


async def test_closing_several_with_each_its_own_words(triage_of: TriageOf, filed: Filed) -> None:
    first, second = await filed(), await filed("闪退")
    cai, erin = triage_of("cai"), triage_of("erin")
    kept = await cai(
        *("replies", "keep", "by-design", "--kind", "closure", "--reason", "as_intended"),
        *("--zh", "{report} 有意如此", "--en", "By design"),
    )
    assert kept.code == 0, kept.err
    ran = await erin("close", first, second, "--saved", "by-design")
    assert ran.out.splitlines() == [
        f"{first}  closed: as intended",
        f"{second}  closed: as intended",
    ]
    closure = (await erin("show", second, "--json")).thing["closure"]
    assert (closure["reason"], closure["text"]) == ("as_intended", f"{second} 有意如此")
    assert (await erin("close", first)).code == 2
    assert (await cai("replies", "remove", "by-design")).out == "by-design  removed\n"

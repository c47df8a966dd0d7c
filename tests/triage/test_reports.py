"""What engineers do with reports, by the real process on a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cast import ApiOf
from tests.live import Filed, TriageOf


async def test_linking_many_and_taking_one_out(triage_of: TriageOf, filed: Filed) -> None:
    first, second, third = await filed(), await filed("闪退"), await filed("又闪退")
    erin = triage_of("erin")
    made = (await erin("propose", first, "--json")).thing

    ran = await erin("link", second, third.removeprefix("R-"), made["id"])
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"{second}  linked to {made['id']}, now accepted",
        f"{third}  linked to {made['id']}, now accepted",
    ]
    again = await erin("link", second, made["id"], "--json")
    assert (again.code, again.thing["proposal"]) == (0, made["id"])

    ran = await erin("unlink", second)
    assert (ran.code, ran.out) == (0, f"{second}  unlinked, now new\n")
    shown = (await erin("show", made["id"], "--json")).thing
    assert shown["report_ids"] == [first, third]


async def test_one_that_is_refused_does_not_stop_the_others(
    triage_of: TriageOf, filed: Filed
) -> None:
    closed, good = await filed(), await filed("闪退")
    erin = triage_of("erin")
    assert (await erin("close", closed, "--reason", "spam", "--text", "广告")).code == 0
    proposal = (await erin("propose", await filed("原来的"), "--json")).thing["id"]

    ran = await erin("link", closed, good, proposal)
    assert ran.code == 1
    assert ran.out == f"{good}  linked to {proposal}, now accepted\n"
    assert f"{closed} is closed: reopen it first" in ran.err

    ran = await erin("link", closed, "R-99", good, proposal, "--json")
    assert ran.code == 4
    assert [thing["id"] for thing in ran.things] == [good]
    assert [(one["about"], one["exit"]) for one in ran.problems] == [(closed, 1), ("R-99", 4)]


async def test_a_proposal_that_is_not_there(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    ran = await erin("link", report, "P-99")
    assert ran.code == 4
    assert "no proposal P-99" in ran.err
    ran = await erin("link", report, report)
    assert ran.code == 2
    assert "the proposal comes last" in ran.err


async def test_the_inbox_pipes_into_link(triage_of: TriageOf, filed: Filed) -> None:
    reports = [await filed(f"反馈 {n}") for n in range(3)]
    erin = triage_of("erin")
    proposal = (await erin("propose", reports[0], "--json")).thing["id"]
    listed = await erin("inbox", "--oldest", "--json")
    ran = await erin("link", "-", proposal, stdin=listed.out)
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()] == reports[1:]

    ran = await erin("unlink", "-", stdin="  1 R-2\nr-3\n")
    assert (ran.code, len(ran.out.splitlines())) == (0, 3)
    ran = await erin("unlink", "-", stdin="")
    assert (ran.code, ran.out) == (0, "")
    ran = await erin("unlink", "R-1", "-", stdin="nonsense")
    assert (ran.code, ran.out) == (2, "")
    ran = await erin("unlink", "-", stdin=b"\xff\xfe")
    assert ran.code == 2


async def test_a_question(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    ran = await erin("ask", report, "哪个 App？")
    assert (ran.code, ran.out) == (0, f"{report}  asked, now needs info\n")
    thing = (await erin("ask", report, "-", "--json", stdin="Which app?\n")).thing
    assert thing["status"] == "needs_info"
    assert thing["question"]["text"] == "Which app?"
    assert "asked by erin" in (await erin("show", report)).out


async def test_a_question_written_in_the_editor(
    triage_of: TriageOf, filed: Filed, tmp_path: Path
) -> None:
    report = await filed(body="切到夜景就闪退")
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncp "$1" {tmp_path}/shown\necho 哪个模式？ > "$1"\n')
    editor.chmod(0o700)
    erin = triage_of("erin")
    thing = (await erin("ask", report, "--json", EDITOR=str(editor), typed="")).thing
    assert thing["question"]["text"] == "哪个模式？"
    assert "# 切到夜景就闪退" in (tmp_path / "shown").read_text()
    ran = await erin("reply", report, EDITOR="true", typed="")
    assert ran.code == 1
    assert "nothing was sent" in ran.err


@pytest.mark.parametrize(
    ("words", "stdin", "code", "message"),
    [
        (["ask", "R-99", "?"], "", 4, "no report R-99"),
        (["ask", "R-1"], "", 2, "- to read it from stdin"),
        (["ask", "R-1", "-"], " \n", 1, "nothing was sent"),
        (["ask", "R-1", "x" * 20_001], "", 1, "text: "),
        (["reply", "R-99", "?"], "", 4, "no report R-99"),
        (["reply", "P-1", "?"], "", 2, "is not the number of a report"),
        (["close", "R-1", "--reason", "bored", "--text", "x"], "", 2, "bored"),
        (["close", "R-1", "--reason", "spam", "--text", "-"], "", 1, "nothing was sent"),
        (["close", "-", "--reason", "spam", "--text", "-"], "R-1", 2, "only one thing"),
        (["reopen", "R-99"], "", 4, "no report R-99"),
    ],
)
async def test_refusals(
    triage_of: TriageOf, filed: Filed, words: list[str], stdin: str, code: int, message: str
) -> None:
    await filed()
    ran = await triage_of("erin")(*words, stdin=stdin)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err


async def test_a_closed_report_is_not_asked(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    await erin("close", report, "--reason", "obsolete", "--text", "旧版本")
    ran = await erin("ask", report, "还有吗？")
    assert ran.code == 1
    assert "This report is closed" in ran.err


async def test_replies_and_notes(triage_of: TriageOf, filed: Filed, api_of: ApiOf) -> None:
    report = await filed()
    erin = triage_of("erin")
    ran = await erin("reply", report, "收到，谢谢")
    assert (ran.code, ran.out) == (0, f"{report}  replied\n")
    message = (await erin("reply", report, "-", "--internal", "--json", stdin="同 P-1？")).thing
    assert (message["text"], message["internal"], message["author"]) == ("同 P-1？", True, "erin")
    seen = (await api_of("alice").get(f"reports/{report}")).json()["messages"]
    assert [one["text"] for one in seen] == ["收到，谢谢"]


async def test_closing_and_opening_again(triage_of: TriageOf, filed: Filed) -> None:
    first, second = await filed(), await filed("闪退")
    erin = triage_of("erin")
    ran = await erin("close", first, second, "--reason", "as_intended", "--text", "设计如此")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"{first}  closed: as intended",
        f"{second}  closed: as intended",
    ]
    thing = (await erin("show", first, "--json")).thing
    assert thing["status"] == "closed"
    assert (thing["closure"]["reason"], thing["closure"]["by"]) == ("as_intended", "erin")

    ran = await erin("close", first, "--reason", "spam", "--text", "广告")
    assert ran.code == 1
    assert "closed already" in ran.err

    things = (await erin("reopen", first, second, "--json")).things
    assert [(thing["id"], thing["status"]) for thing in things] == [(first, "new"), (second, "new")]


async def test_a_severe_report_takes_two(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed("升级后照片没了", severity="data_loss")
    erin, cai = triage_of("erin"), triage_of("cai")
    words = ["close", report, "--reason", "unreproducible", "--text", "试了三台都没有"]
    ran = await erin(*words)
    assert ran.code == 0
    assert f"{report}  not closed yet" in ran.out
    assert "an engineer other than erin must confirm" in ran.out
    assert f"triage close {report} --reason unreproducible" in ran.out
    again = (await erin(*words, "--json")).thing
    assert (again["status"], again["pending_closure"]["by"]) == ("new", "erin")
    assert "closing?" in (await cai("inbox")).out

    ran = await cai(*words)
    assert (ran.code, ran.out) == (0, f"{report}  closed: unreproducible\n")


async def test_a_waiting_closure_is_withdrawn(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed(severity="brick")
    erin = triage_of("erin")
    await erin("close", report, "--reason", "spam", "--text", "广告")
    thing = (await erin("reopen", report, "--json")).thing
    assert (thing["status"], thing["pending_closure"]) == ("new", None)


async def test_a_tester_may_not(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    for words in (
        ["ask", report, "?"],
        ["close", report, "--reason", "spam", "--text", "x"],
        ["unlink", report],
        ["reply", report, "x", "--internal"],
    ):
        ran = await triage_of("bob")(*words)
        assert (ran.code, ran.out) == (3, ""), words
        assert "not allowed" in ran.err


async def test_an_unknown_token_stops_at_the_first(triage_of: TriageOf, filed: Filed) -> None:
    await filed()
    ran = await triage_of("erin")("unlink", "R-1", "R-2", "--json", TRIAGE_TOKEN="oft_wrong")
    assert ran.code == 3
    assert len(ran.problems) == 1


async def test_every_object_is_one_line(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed(body="a\nb\u2028c")
    ran = await triage_of("erin")("show", report, "--json")
    assert ran.out.count("\n") == 1
    assert json.loads(ran.out)["body"] == "a\nb\u2028c"

"""What waits for an engineer, and one thing in full."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, Clock
from tests.live import Filed, TriageOf


def ids(things: list[dict[str, object]]) -> list[object]:
    return [thing["id"] for thing in things]


async def test_new_reports_by_the_longest_wait(triage_of: TriageOf, filed: Filed) -> None:
    first, second = await filed(), await filed("Wi-Fi drops", by="bob", module="system")
    erin = triage_of("erin")
    ran = await erin("inbox", "--oldest")
    assert ran.code == 0
    head, *rows = ran.out.splitlines()
    assert head.split() == ["id", "severity", "status", "module", "build", "owner", "age", "title"]
    assert [row.split()[0] for row in rows] == [first, second]
    assert "打开相机后闪退" in rows[0]
    assert "umi 26.11.20" in rows[1]

    things = (await erin("inbox", "--oldest", "--json")).things
    assert ids(things) == [first, second]
    assert things[0]["status"] == "new"
    assert "timeline" not in things[0]


async def test_narrowed(triage_of: TriageOf, filed: Filed) -> None:
    camera, system = await filed(), await filed("Wi-Fi drops", by="bob", module="system")
    erin = triage_of("erin")
    for words, found in (
        (["--module", "camera"], [camera]),
        (["--device", "umi"], [system]),
        (["--owner", "erin"], []),
        (["--mine"], []),
        (["--status", "open"], [camera, system]),
        (["--status", "closed", "--status", "fixed"], []),
        (["-n", "1"], [camera]),
        (["-n", "0"], [camera, system]),
    ):
        ran = await erin("inbox", "--oldest", "--json", *words)
        assert (ran.code, ids(ran.things)) == (0, found), words


async def test_more_than_a_page(triage_of: TriageOf, filed: Filed) -> None:
    filed_ids = [await filed(f"反馈 {n}") for n in range(105)]
    erin = triage_of("erin")
    assert ids((await erin("inbox", "--oldest", "--json", "-n", "0")).things) == filed_ids
    ran = await erin("inbox", "--oldest", "-n", "103")
    assert len(ran.out.splitlines()) == 104
    assert "There are more" in ran.err


async def test_an_answered_question_comes_back(
    triage_of: TriageOf, filed: Filed, api_of: ApiOf, clock: Clock
) -> None:
    report, other = await filed(), await filed("另一个")
    clock.advance(hours=1)
    erin = triage_of("erin")
    assert (await erin("propose", report, "--module", "camera")).code == 0
    assert (await erin("ask", report, "哪个 App？")).code == 0
    assert ids((await erin("inbox", "--json")).things) == [other]

    answer = await api_of("alice").post(f"reports/{report}/messages", json={"text": "系统相机"})
    assert answer.status_code == 201
    ran = await erin("inbox", "--json")
    assert ids(ran.things) == [other, report], "the longest wait first"
    assert [thing["status"] for thing in ran.things] == ["new", "accepted"]
    assert "answered" in (await erin("inbox")).out.splitlines()[2]
    assert ids((await erin("inbox", "--mine", "--json")).things) == [report]

    assert (await erin("reply", report, "谢谢")).code == 0
    assert ids((await erin("inbox", "--json")).things) == [other]


async def test_an_empty_inbox(triage_of: TriageOf, world: None) -> None:
    ran = await triage_of("erin")("inbox")
    assert (ran.code, ran.out) == (0, "")
    assert "Nothing waits" in ran.err
    assert (await triage_of("erin")("inbox", "--json")).out == ""


async def test_wrong_usage(triage_of: TriageOf, world: None) -> None:
    erin = triage_of("erin")
    assert (await erin("inbox", "--mine", "--owner", "erin")).code == 2
    assert (await erin("inbox", "--status", "lost")).code == 2
    assert (await erin("inbox", "-n", "-1")).code == 2


async def test_a_report_in_full(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed(severity="major", body="1. 打开相机\n2. 切到夜景")
    erin = triage_of("erin")
    assert (await erin("reply", report, "Seen here too.", "--internal")).code == 0
    ran = await erin("show", report)
    assert ran.code == 0
    for words in (
        f"{report}  打开相机后闪退",
        "major",
        "fuxi 26.11.20",
        "filed by alice",
        "  2. 切到夜景",
        "erin · internal note",
        "Seen here too.",
        "Timeline",
    ):
        assert words in ran.out
    thing = (await erin("show", report.lower(), "--json")).thing
    assert thing["id"] == report
    assert [message["internal"] for message in thing["messages"]] == [True]
    assert thing["timeline"]
    status = thing["status_text"]
    assert status["zh"] in ran.out
    assert status["en"] in ran.out


async def test_control_characters_of_a_stranger(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed("\x1b[2Jgone\u202e")
    for words in (["show", report], ["inbox"], ["inbox", "--json"]):
        out = (await triage_of("erin")(*words)).out
        assert "gone" in out
        assert "\x1b" not in out
        assert "\u202e" not in out


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("R-99", 4, "no report R-99"),
        ("P-99", 4, "no proposal P-99"),
        ("99", 4, "no report R-99"),
        ("X-1", 2, "is not the number of a report"),
    ],
)
async def test_what_is_not_there(
    triage_of: TriageOf, world: None, name: str, code: int, words: str
) -> None:
    ran = await triage_of("erin")("show", name)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


async def test_what_may_have_been_meant(triage_of: TriageOf, filed: Filed) -> None:
    first, second = await filed(), await filed()
    erin = triage_of("erin")
    assert (await erin("show", "R-99")).err == f"triage: no report R-99; the latest is {second}\n"
    meant = f"P-{first[2:]}"
    said = f"triage: no proposal {meant}; did you mean the report {first}?\n"
    assert (await erin("show", meant)).err == said
    ran = await erin("inbox", "--module", "camra")
    assert (ran.code, ran.err) == (4, "triage: no module camra; did you mean camera?\n")
    ran = await erin("export", "--device", "fuxy")
    assert (ran.code, ran.err) == (4, "triage: no device fuxy; did you mean fuxi?\n")
    # Of what they may not see nobody is told.
    assert (await triage_of("charlie")("show", "R-99")).err == "triage: no report R-99\n"


async def test_a_fan_sees_nothing(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    charlie = triage_of("charlie")
    assert (await charlie("show", report)).code == 4
    assert (await charlie("show", "P-1")).code == 4


async def test_a_reader_that_leaves_early(triage_of: TriageOf, filed: Filed) -> None:
    for n in range(5):
        await filed(f"反馈 {n}", body="x" * 20_000)
    ran = await triage_of("erin")("inbox", "--json", into="head -c 8")
    assert (ran.out, ran.err) == ('{"id":"R', "")


async def test_why_and_snoozing(triage_of: TriageOf, filed: Filed, clock: Clock) -> None:
    one, two = await filed(), await filed("花屏", severity="major")
    erin = triage_of("erin")
    assert [report["id"] for report in (await erin("inbox", "--json")).things] == [two, one]
    oldest = (await erin("inbox", "--oldest", "--json")).things
    assert [report["id"] for report in oldest] == [one, two]
    ran = await erin("why", one)
    assert ran.out.startswith(f"{one}  number 2 of the queue\n  severity   Normal: × 2\n")

    # Its clock is the machine's, the server's stands still in 2026.
    ran = await erin("snooze", two, "--until", "2026-12-01")
    assert ran.out.startswith(f"{two}  snoozed until 2026-12-01 09:00"), ran.err
    assert [report["id"] for report in (await erin("inbox", "--json")).things] == [one]
    assert [report["id"] for report in (await erin("inbox", "--snoozed", "--json")).things] == [two]
    assert "not in the queue" in (await erin("why", two)).out
    assert (await erin("snooze", two, "--wake")).out == f"{two}  back in the queue\n"
    for words in (["--until", "soon"], [], ["--until", "3d", "--wake"]):
        assert (await erin("snooze", two, *words)).code == 2


async def test_open_questions(triage_of: TriageOf, filed: Filed, clock: Clock) -> None:
    one, two = await filed(), await filed("花屏", by="bob")
    erin, cai = triage_of("erin"), triage_of("cai")
    assert (await erin("questions")).err == "No question is open.\n"
    await cai("ask", two, "哪个模式下？")
    clock.advance(hours=1)
    await erin("ask", one, "每次都这样吗？")
    ran = await erin("questions", COLUMNS="80")
    assert ran.out.index("cai asked bob") < ran.out.index("erin asked alice")
    assert "  ? 哪个模式下？" in ran.out
    assert ids((await erin("questions", "--mine", "--json")).things) == [one]

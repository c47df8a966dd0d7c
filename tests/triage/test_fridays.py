"""Builds and Fridays, by the real process on a real server."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, Clock
from tests.live import Filed, TriageOf
from tracker.notices.making import make_notices

FRIDAY = "2026-11-27"


async def test_a_report_goes_all_the_way(
    triage_of: TriageOf, filed: Filed, api_of: ApiOf, clock: Clock
) -> None:
    mine, other = await filed(), await filed("Camera closes", by="bob")
    erin, cai = triage_of("erin"), triage_of("cai")
    assert (await erin("propose", mine, other, "--title", "相机闪退")).code == 0
    assert (await erin("start", "P-1")).code == 0
    assert (await erin("fix", "P-1", "--zh", "修复相机闪退", "--en", "Camera closed")).code == 0

    ran = await erin(
        "build", "add", "fuxi", "26.11.27", "--ring", "closed", "--built-on", "2026-11-25",
        "--release", FRIDAY, "--after", "26.11.20", "--proposal", "P-1",
    )  # fmt: skip
    assert (ran.code, ran.out) == (0, f"fuxi 26.11.27  closed, aboard {FRIDAY}, with P-1\n")
    ran = await erin(
        "build", "add", "umi", "26.11.27", "--ring", "closed", "--release", FRIDAY,
        "--delayed", "处理屏幕闪烁", "--delayed-en", "The screen flickers",
    )  # fmt: skip
    assert (ran.code, ran.out) == (0, f"umi 26.11.27  closed, aboard {FRIDAY}, late\n")

    ran = await erin("friday", "preview")
    assert ran.code == 0
    for words in (
        f"Friday  {FRIDAY}  planned",
        "1 line · 2 builds · 1 person is told",
        "相机 / Camera",
        "修复 修复相机闪退",
        "Fix: Camera closed",
        "on time",
        "late: 处理屏幕闪烁 · The screen flickers",
    ):
        assert words in ran.out
    assert "Messages" not in ran.out
    messages = (await erin("friday", "preview", "--messages")).out
    assert f"alice · zh · {mine}" in messages
    thing = (await erin("friday", FRIDAY, "--json")).thing
    assert (thing["date"], thing["recipients"]) == (FRIDAY, 1)
    assert [entry["proposal"] for entry in thing["entries"]] == ["P-1"]

    clock.advance(days=3, hours=8)
    assert (await erin("friday", "publish")).code == 3
    ran = await cai("friday", "publish")
    assert (ran.code, ran.out) == (0, f"{FRIDAY}  published: 1 line, 2 builds\n")
    again = (await cai("friday", FRIDAY, "publish", "--json")).thing
    assert again["state"] == "published"

    shown = (await erin("show", mine, "--json")).thing
    assert (shown["status"], shown["released_in"]) == ("released", "26.11.27")
    assert (await erin("show", other, "--json")).thing["status"] == "fixed"
    assert "fuxi 26.11.27 · closed · shipped" in (await erin("show", "P-1")).out
    await make_notices(now=clock.now)
    told = (await api_of("alice").get("notices")).json()["items"]
    assert [(notice["kind"], notice["reports"]) for notice in told] == [("friday", [mine])]
    assert (await api_of("bob").get("notices")).json()["items"] == []


async def test_a_freeze(triage_of: TriageOf, world: None) -> None:
    cai = triage_of("cai")
    await cai("build", "add", "fuxi", "26.11.27", "--ring", "closed", "--release", FRIDAY)
    ran = await cai("friday", "freeze")
    assert (ran.code, ran.out) == (0, f"{FRIDAY}  frozen: later fixes take the next train\n")
    assert (await cai("friday", FRIDAY, "freeze", "--json")).thing["state"] == "frozen"
    assert "frozen" in (await cai("friday")).out.splitlines()[0]


async def test_a_person_is_asked_before_publishing(triage_of: TriageOf, world: None) -> None:
    cai = triage_of("cai")
    await cai("build", "add", "fuxi", "26.11.27", "--ring", "closed", "--release", FRIDAY)
    ran = await cai("friday", "publish", typed="n\n")
    assert (ran.code, ran.out) == (1, "")
    assert f"Publish {FRIDAY}: 0 lines, 1 build, 0 to be told?" in ran.err
    ran = await cai("friday", "publish", typed="y\n")
    assert (ran.code, ran.out) == (0, f"{FRIDAY}  published: 0 lines, 1 build\n")
    assert (await cai("friday", FRIDAY, "publish", "--yes", typed="")).code == 0


async def test_a_build_is_entered_twice(triage_of: TriageOf, world: None) -> None:
    erin = triage_of("erin")
    words = ["build", "add", "fuxi", "26.11.27", "--ring", "closed", "--release", FRIDAY, "--json"]
    first, second = await erin(*words), await erin(*words)
    assert first.code == 0
    assert first.thing == second.thing
    assert (first.thing["device"], first.thing["position"]) == ("fuxi", 4)
    late = (await erin(*words, "--delayed", "等一等")).thing
    assert late["delayed"] == {"zh": "等一等", "en": "等一等"}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["build", "add", "nokia", "1", "--ring", "closed"], 1, "nokia"),
        (["build", "add", "fuxi", "1", "--ring", "beta"], 2, "beta"),
        (["build", "add", "fuxi", "1"], 2, "--ring"),
        (["build", "add", "fuxi", "1", "--ring", "dev", "--release", "soon"], 2, "soon"),
        (["build", "add", "fuxi", "1", "--ring", "dev", "--release", "2026-11-26"], 1, "release: "),
        (["build", "add", "fuxi", "1", "--ring", "dev", "--after", "0"], 1, "after: "),
        (["build", "add", "fuxi", "1", "--ring", "dev", "--proposal", "P-9"], 1, "proposal"),
        (["build", "add", "fuxi", "1", "--ring", "dev", "--proposal", "R-9"], 2, "R-9"),
        (["build", "add", "fuxi", "1", "--ring", "dev", "--delayed-en", "x"], 2, "--delayed"),
        (["friday"], 4, "no release is coming"),
        (["friday", "2026-11-20"], 4, "no release of 2026-11-20"),
        (["friday", "tomorrow"], 2, "tomorrow"),
        (["friday", FRIDAY, "2026-12-04"], 2, "one date"),
        (["friday", FRIDAY, "publish"], 1, "No build can leave"),
        (["friday", "2026-11-26", "publish"], 4, "no release of 2026-11-26"),
    ],
)
async def test_refusals(
    triage_of: TriageOf, world: None, words: list[str], code: int, message: str
) -> None:
    ran = await triage_of("cai")(*words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err


async def test_a_version_with_odd_signs(triage_of: TriageOf, world: None) -> None:
    ran = await triage_of("erin")(
        "build", "add", "fuxi", "V14 #7?.DEV", "--ring", "dev", "--release", FRIDAY, "--json"
    )
    assert (ran.code, ran.thing["version"]) == (0, "V14 #7?.DEV")


async def test_a_tester_may_not(triage_of: TriageOf, world: None) -> None:
    alice = triage_of("alice")
    for words in (
        ["build", "add", "fuxi", "1", "--ring", "closed"],
        ["friday", FRIDAY, "preview"],
        ["friday", FRIDAY, "freeze"],
        ["friday", FRIDAY, "publish"],
    ):
        ran = await alice(*words)
        assert (ran.code, ran.out) == (3, ""), words


async def test_the_board_says_what_is_in_what_waits_and_what_to_do(
    triage_of: TriageOf, filed: Filed
) -> None:
    mine, other, later = await filed(), await filed("花屏", by="bob"), await filed("卡顿")
    erin, cai = triage_of("erin"), triage_of("cai")
    await erin("propose", mine, other, "--title", "相机闪退")
    await erin("fix", "P-1", "--zh", "修复相机闪退")
    await erin("propose", later)
    await erin("start", "P-2")
    build = ("build", "add", "fuxi", "26.11.27", "--ring", "closed", "--release", FRIDAY)
    await erin(*build, "--delayed", "花屏", "--delayed-en", "The screen flickers")
    ran = await cai("friday", FRIDAY)
    assert "fuxi: its build is late" in ran.out
    assert "No build can leave with this train" in ran.out
    assert f"$ triage build add CODENAME VERSION --ring closed --release {FRIDAY}" in ran.out

    await erin(*build)
    await cai("friday", "hold", "--reason", "闹钟")
    ran = await cai("friday", COLUMNS="80")
    assert ran.code == 0, ran.err
    for words in (
        "✗ P-1 缺英文更新说明 · P-1 has no English wording",
        '$ triage fix P-1 --zh "…" --en "…"',
        f"$ triage friday {FRIDAY} unhold",
        "In (1)",
        "P-1  camera  all  修复相机闪退",
        "Waiting (2)",
        "P-1 · fixed · camera · 1 tester",
        "umi: no build on this train",
        f"$ triage build add umi VERSION --ring closed --release {FRIDAY}",
        "P-2 · in progress · camera · 1 tester",
    ):
        assert words in ran.out, f"{words}\n{ran.out}"
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    waiting = (await cai("friday", "--json")).thing["waiting"]
    assert [(one["proposal"], one["stage"]) for one in waiting] == [
        ("P-1", "fixed"),
        ("P-2", "in_progress"),
    ]
    assert waiting[0]["models"][0]["code"] == "no_build"

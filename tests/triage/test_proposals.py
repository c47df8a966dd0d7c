"""What engineers do with proposals, by the real process on a real server."""

from __future__ import annotations

import pytest

from tests.live import Filed, TriageOf


async def test_a_proposal_from_one_report(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    ran = await erin("propose", report, "--zh", "修复相机闪退", "--en", "Camera closed")
    assert (ran.code, ran.out) == (0, "P-1  打开相机后闪退 (camera, 1 report)\n")
    thing = (await erin("proposal", "1", "--json")).thing
    assert (thing["title"], thing["module"], thing["kind"], thing["owner"], thing["state"]) == (
        "打开相机后闪退",
        "camera",
        "fix",
        "erin",
        "open",
    )
    assert thing["changelog"] == {"zh": "修复相机闪退", "en": "Camera closed"}
    assert thing["report_ids"] == [report]


async def test_a_proposal_from_many(triage_of: TriageOf, filed: Filed) -> None:
    first, second = await filed(), await filed("闪退", by="bob")
    system = await filed("Wi-Fi drops", module="system")
    erin = triage_of("erin")
    ran = await erin("propose", first, second)
    assert ran.code == 2
    assert "--title" in ran.err
    ran = await erin("propose", first, system, "--title", "x")
    assert ran.code == 1
    assert "module: The reports are about different modules" in ran.err

    ran = await erin(
        "propose", "-", "--title", "相机", "--owner", "cai", "--kind", "optimization", "--json",
        stdin=f"{first} {second}",
    )  # fmt: skip
    assert ran.code == 0
    assert ran.thing["reports"] == 2
    assert (ran.thing["owner"], ran.thing["kind"]) == ("cai", "optimization")


async def test_a_suggestion_asks_for_its_kind(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed("加一个夜景模式", kind="suggestion")
    erin = triage_of("erin")
    ran = await erin("propose", report)
    assert ran.code == 2
    assert f"{report} is a suggestion" in ran.err
    assert (await erin("propose", report, "--kind", "new", "--json")).thing["kind"] == "new"


async def test_all_or_nothing(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    ran = await erin("propose", report, "R-99", "--title", "x", "--module", "camera")
    assert ran.code == 4
    ran = await erin(
        "propose", report, "R-99", "--title", "x", "--module", "camera", "--kind", "fix"
    )
    assert (ran.code, ran.out) == (4, "")
    assert "R-99" in ran.err
    assert (await erin("proposals", "--json")).out == ""
    assert (await erin("propose", "-", stdin="")).code == 2
    ran = await erin("propose", report, "--module", "radio")
    assert ran.code == 1
    assert "module: " in ran.err


async def test_the_list(triage_of: TriageOf, filed: Filed) -> None:
    erin = triage_of("erin")
    ran = await erin("proposals")
    assert (ran.code, ran.out) == (0, "")
    for title in ("第一个", "第二个"):
        await erin("propose", await filed(title))
    await erin("start", "P-1")
    ran = await erin("proposals")
    head, *rows = ran.out.splitlines()
    assert head.split() == ["id", "state", "kind", "module", "owner", "reports", "age", "title"]
    assert [row.split()[0] for row in rows] == ["P-2", "P-1"]
    for words, found in (
        (["--state", "open"], ["P-2"]),
        (["--state", "in_progress"], ["P-1"]),
        (["--mine"], ["P-2", "P-1"]),
        (["--owner", "cai"], []),
        (["--module", "system"], []),
        (["-n", "1"], ["P-2"]),
    ):
        things = (await erin("proposals", "--json", *words)).things
        assert [thing["id"] for thing in things] == found, words


async def test_started(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    await erin("propose", report)
    ran = await erin("start", "P-1", "P-99")
    assert (ran.code, ran.out) == (4, "P-1  in progress, 1 report\n")
    assert "no proposal P-99" in ran.err
    assert (await erin("show", report, "--json")).thing["status"] == "in_progress"
    things = (await erin("start", "1", "--json")).things
    assert [thing["state"] for thing in things] == ["in_progress"]


async def test_fixed_for_some_models(triage_of: TriageOf, filed: Filed) -> None:
    mine, other = await filed(), await filed("闪退", by="bob")
    erin = triage_of("erin")
    await erin("propose", mine, other, "--title", "相机闪退", "--en", "Camera closed")
    ran = await erin("fix", "P-1", "--model", "fuxi", "--change", "4f1c2aa", "--zh", "修复闪退")
    assert (ran.code, ran.out) == (0, "P-1  fixed for fuxi, waits for a build\n")
    thing = (await erin("show", "P-1", "--json")).thing
    assert [(fix["model"], fix["change"]) for fix in thing["fixes"]] == [("fuxi", "4f1c2aa")]
    assert thing["changelog"] == {"zh": "修复闪退", "en": "Camera closed"}
    assert (await erin("show", mine, "--json")).thing["status"] == "fixed"
    assert (await erin("show", other, "--json")).thing["status"] == "accepted"
    assert "fuxi · 4f1c2aa · erin" in (await erin("show", "P-1")).out

    ran = await erin("fix", "P-1")
    assert (ran.code, ran.out) == (0, "P-1  fixed for all models, waits for a build\n")
    assert (await erin("show", other, "--json")).thing["status"] == "fixed"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["fix", "P-99"], 4, "no proposal P-99"),
        (["fix", "P-1", "--model", "nokia"], 1, "models: "),
        (["fix", "R-1"], 2, "is not the number of a proposal"),
        (["fix", "P-99", "--zh", "x"], 4, "no proposal P-99"),
        (["revert", "P-99", "--reason", "x"], 4, "no proposal P-99"),
        (["revert", "P-1"], 2, "- to read it from stdin"),
        (["revert", "P-1", "--reason", "x", "--model", "nokia"], 1, "models: "),
        (["start", "nonsense"], 2, "is not the number of a proposal"),
    ],
)
async def test_refusals(
    triage_of: TriageOf, filed: Filed, words: list[str], code: int, message: str
) -> None:
    erin = triage_of("erin")
    await erin("propose", await filed())
    ran = await erin(*words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err


async def test_reverted(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    await erin("propose", report)
    await erin("fix", "P-1")
    ran = await erin("revert", "P-1", "--reason", "充电时发热")
    assert (ran.code, ran.out) == (0, "P-1  reverted for all models, now in progress\n")
    thing = (await erin("show", report, "--json")).thing
    assert thing["status"] == "in_progress"
    assert (await erin("revert", "P-1", "--reason", "-", "--json", stdin="x")).thing["fixes"] == []


async def test_a_tester_may_not(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    await triage_of("erin")("propose", report)
    alice = triage_of("alice")
    for words in (
        ["propose", report],
        ["link", report, "P-1"],
        ["start", "P-1"],
        ["fix", "P-1"],
        ["revert", "P-1", "--reason", "x"],
    ):
        ran = await alice(*words)
        assert (ran.code, ran.out) == (3, ""), words


async def test_a_severe_report_and_a_done_fix(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed("升级后变砖", severity="brick")
    erin = triage_of("erin")
    await erin("propose", await filed())
    await erin("fix", "P-1")
    ran = await erin("link", report, "P-1")
    assert ran.code == 1
    assert "is severe and cannot go into P-1" in ran.err

"""`triage similar`: looking before linking, by the real process."""

from __future__ import annotations

from tests.cast import ApiOf
from tests.doing import fix, propose
from tests.live import Filed, TriageOf


async def test_what_is_like_a_report(triage_of: TriageOf, filed: Filed, api_of: ApiOf) -> None:
    first, second = await filed("打开相机后闪退"), await filed("相机一打开就闪退", by="bob")
    proposal = await propose(api_of("erin"), first, title="CameraService 启动顺序")
    erin = triage_of("erin")
    ran = await erin("similar", second)
    assert ran.code == 0, ran.err
    head, *rows = ran.out.splitlines()
    assert head.split()[:4] == ["id", "like", "status", "module"]
    assert [row.split()[0] for row in rows] == [proposal, first]
    assert "%" in rows[0]
    things = (await erin("similar", second, "--json")).things
    assert [thing["id"] for thing in things] == [proposal, first]
    assert [
        thing["id"] for thing in (await erin("similar", second, "--json", "-n", "1")).things
    ] == [proposal]
    narrow = (await erin("similar", second, COLUMNS="50")).out.splitlines()
    assert narrow[0].startswith(f"{proposal} · ")
    assert narrow[1] == "  CameraService 启动顺序"


async def test_what_is_like_a_text(triage_of: TriageOf, filed: Filed, api_of: ApiOf) -> None:
    report = await filed("打开相机后闪退")
    await fix(api_of("erin"), await propose(api_of("erin"), report))
    erin = triage_of("erin")
    for words in (
        ["--text", "相机闪退"],
        ["--text", "-", "--device", "fuxi", "--module", "camera"],
    ):
        ran = await erin("similar", *words, "--json", stdin="相机闪退\n每次都这样")
        assert report in [thing["id"] for thing in ran.things], ran.err
    ran = await erin("similar", "--text", "wallpaper")
    assert (ran.code, ran.out, ran.err) == (0, "", "Nothing is like it.\n")


async def test_wrong_usage(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    for words in ([], [report, "--text", "x"], [report, "--device", "fuxi"], ["P-1"], ["-n", "0"]):
        assert (await erin("similar", *words)).code == 2, words
    assert (await erin("similar", "R-99")).code == 4
    assert (await erin("similar", "--text", "x", "--device", "nokia")).code == 1

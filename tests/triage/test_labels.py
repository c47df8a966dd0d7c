"""`triage label`: short words of the team's, that it can look for and take off again."""

from __future__ import annotations

from tests.live import Filed, TriageOf


async def test_labelling_several_and_finding_them(triage_of: TriageOf, filed: Filed) -> None:
    first, second, other = await filed(), await filed("充电时发烫"), await filed("闪退")
    erin = triage_of("erin")
    ran = await erin("label", first, second, "overheating")
    assert (ran.code, ran.out.splitlines()) == (
        0,
        [f"{first}  overheating", f"{second}  overheating"],
    ), ran.err
    ran = await erin("label", second, "battery")
    assert ran.out == f"{second}  battery, overheating\n"
    found = (await erin("inbox", "--label", "overheating", "--json")).things
    assert {one["id"] for one in found} == {first, second}
    found = (await erin("inbox", "--label", "overheating,battery", "--json")).things
    assert [one["id"] for one in found] == [second]
    assert other not in (await erin("inbox", "--label", "overheating")).out
    assert "battery, overheating" in (await erin("show", second)).out
    assert "battery, overheating" in (await erin("inbox", COLUMNS="140")).out
    ran = await erin("label", second, "overheating", "--remove")
    assert ran.out == f"{second}  battery\n"
    assert (await erin("label", second, "battery", "--remove")).out == f"{second}  no labels\n"


async def test_a_label_is_taken_back_like_any_act(triage_of: TriageOf, filed: Filed) -> None:
    first, second = await filed(), await filed("充电时发烫")
    erin = triage_of("erin")
    await erin("label", first, "kept")
    await erin("label", first, second, "overheating")
    ran = await erin("undo")
    assert ran.code == 0, ran.err
    assert f"  {first:<8}the label overheating comes off" in ran.out
    labels = [(await erin("show", one, "--json")).thing["labels"] for one in (first, second)]
    assert labels == [["kept"], []]
    *_, last = (await erin("show", first, "--json")).thing["timeline"]
    assert last["text"]["en"] == "took the label overheating off"


async def test_what_is_no_label_is_not_set(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    for words in ((report, "15"), (report, "R-15"), (report,)):
        assert (await erin("label", *words)).code == 2
    ran = await erin("label", report, "Over Heating")
    assert ran.code == 1
    assert "overheating" in ran.err, "what one looks like"
    assert (await triage_of("alice")("label", report, "mine")).code == 3
    assert (await erin("show", report, "--json")).thing["labels"] == []

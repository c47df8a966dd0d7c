"""An engineer takes back a command, by the real process on a real server."""

from __future__ import annotations

from tests.live import Filed, TriageOf


async def test_the_last_command_is_taken_back_whole(triage_of: TriageOf, filed: Filed) -> None:
    reports = [await filed(f"闪退 {n}") for n in range(3)]
    erin = triage_of("erin")
    proposal = (await erin("propose", reports[0], "--json")).thing["id"]
    assert (await erin("link", *reports[1:], proposal)).code == 0

    ran = await erin("undo", "--dry-run")
    assert ran.code == 0
    assert f"  {reports[1]}     out of {proposal} again\n" in ran.out
    assert "Nobody was told of it." in ran.err
    assert (await erin("show", reports[1], "--json")).thing["proposal"] == proposal

    ran = await erin("undo", typed="y\n")
    assert ran.code == 0, ran.err
    assert "Take it back?" in ran.screen + ran.err
    assert "taken back; triage undo A-" in ran.out
    linked = [(await erin("show", one, "--json")).thing["proposal"] for one in reports]
    assert linked == [proposal, None, None]

    # The one before that is next; both are on record, with what they took back.
    assert (await erin("undo", "--yes")).code == 0
    assert (await erin("undo")).code == 4
    log = (await erin("log", "--json")).things
    assert [bool(act["undoes"]) for act in log] == [True, True, False, False]
    ran = await erin("log")
    assert f"{reports[1]} +1" in ran.out
    assert f"took {log[-1]['id']} back" in ran.out


async def test_a_no_changes_nothing(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    proposal = (await erin("propose", report, "--json")).thing["id"]
    ran = await erin("undo", typed="n\n")
    assert ran.code == 1
    assert (await erin("show", report, "--json")).thing["proposal"] == proposal


async def test_what_is_in_the_way_is_named(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin = triage_of("erin")
    await erin("close", report, "--reason", "as_intended", "--text", "就是这样设计的")
    act = (await erin("log", "--json")).things[0]["id"]
    await triage_of("cai")("reopen", report)
    ran = await erin("undo", act)
    assert ran.code == 1
    assert f"triage: {act} cannot be taken back" in ran.err
    assert f"  {report}: it has changed since:" in ran.err
    ran = await erin("undo", act, "--json")
    assert ran.problems[0]["errors"][0]["field"] == report
    assert (await erin("undo", "A-999")).code == 4
    assert (await erin("undo", "R-1")).code == 2

"""`triage` alone, `triage times`, and who is responsible, by the real process."""

from __future__ import annotations

import asyncio

from tests.cast import ApiOf, Clock
from tests.doing import FRIDAY, ask, ok
from tests.live import Filed, TriageOf


async def test_alone_it_says_where_i_stand(
    triage_of: TriageOf, filed: Filed, api_of: ApiOf, clock: Clock
) -> None:
    clock.set(clock.now)
    cai, erin = triage_of("cai"), triage_of("erin")
    assert (await cai("modules", "assign", "camera", "erin")).code == 0
    first, asked = await filed(), await filed("花屏")
    await ask(api_of("erin"), asked, "哪个版本？")
    await ok(await api_of("cai").put(f"releases/{FRIDAY}/hold", json={"reason": "alarm"}))
    ran = await erin(COLUMNS="80")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0].startswith("erin · 1 report of yours waits for an answer")
    assert "Your queue (1)   $ triage inbox --mine" in lines
    assert any(line.split()[0] == first for line in lines)
    assert "You asked, no answer yet (1)   $ triage questions --mine" in lines
    assert any(line.startswith(f"Friday {FRIDAY}, held") for line in lines)
    assert "  ✗ The train is held: alarm" in lines
    assert len(lines) <= 24
    assert all(len(line) <= 80 for line in lines)
    thing = (await erin("--json")).thing
    assert (thing["person"], thing["queue"]["count"]) == ("erin", 1)


async def test_a_full_desk_fits_a_small_terminal(
    triage_of: TriageOf, filed: Filed, api_of: ApiOf
) -> None:
    erin, cai, alice = api_of("erin"), api_of("cai"), api_of("alice")
    await ok(await cai.put("modules/camera/owner", json={"owner": "erin"}))
    for number in range(14):
        name = await filed("相机打开后闪退，每次都这样，重启以后还是一样，清除数据也没有用" * 2)
        if number >= 10:
            await ask(erin, name, "哪个版本？")
        elif number >= 5:
            await ask(erin, name, "哪个版本？")
            await ok(await alice.post(f"reports/{name}/messages", json={"text": "26.11.20"}))
    for _ in range(4):
        brick = await filed("开不了机", severity="brick")
        body = {"reason": "unreproducible", "text": "没有复现"}
        await ok(await cai.put(f"reports/{brick}/closure", json=body))
    ran = await triage_of("erin")(COLUMNS="80")
    lines = ran.out.splitlines()
    assert len(lines) <= 24, ran.out
    assert all(len(line) <= 80 for line in lines)


async def test_who_is_not_signed_in_is_told_how(triage_of: TriageOf) -> None:
    ran = await triage_of(None)()
    assert (ran.code, ran.out, ran.err) == (3, "", "triage: not signed in: triage login URL\n")
    helped = await triage_of(None)("--help")
    assert (helped.code, helped.out.startswith("Usage: triage [OPTIONS]")) == (0, True)


async def test_a_tester_is_told_that_it_is_the_teams(triage_of: TriageOf, filed: Filed) -> None:
    ran = await triage_of("alice")()
    assert (ran.code, ran.out) == (3, "")
    assert "Only engineers can do this" in ran.err


async def test_json_goes_behind_a_command(triage_of: TriageOf, filed: Filed) -> None:
    assert (await triage_of("erin")("--json", "inbox")).code == 2


async def test_giving_reports_to_people(triage_of: TriageOf, filed: Filed) -> None:
    first, second = await filed(), await filed("花屏")
    erin = triage_of("erin")
    ran = await erin("assign", first, second, "ada")
    assert (ran.code, ran.out.splitlines()) == (
        0,
        [f"{first}  now ada's", f"{second}  now ada's"],
    )
    shown = [(await erin("show", name, "--json")).thing["owner"] for name in (first, second)]
    assert shown == ["ada", "ada"]
    assert (await erin("undo", "--yes")).code == 0
    shown = [(await erin("show", name, "--json")).thing["owner"] for name in (first, second)]
    assert shown == ["cai", "cai"], "two reports, one command, one act"
    assert (await erin("assign", first, "me")).out == f"{first}  now erin's\n"
    listed = (await erin("inbox", "--mine", "--json")).out
    ran = await erin("assign", "-", "--back", stdin=listed)
    assert (ran.code, ran.out) == (0, f"{first}  now cai's\n")
    assert (await erin("assign", second, "--mine")).out == f"{second}  now erin's\n"


async def test_what_is_no_one_to_give_it_to(triage_of: TriageOf, filed: Filed) -> None:
    first, second = await filed(), await filed("花屏")
    erin = triage_of("erin")
    assert (await erin("assign", first, second)).code == 2, "the handle was forgotten"
    assert (await erin("assign", first, "--mine", "--back")).code == 2
    ran = await erin("assign", first, "alice")
    assert ran.code == 1
    assert "Nobody on the team is called “alice”" in ran.err
    ran = await erin("assign", first, "R-99", "ada")
    assert (ran.code, ran.out) == (4, f"{first}  now ada's\n")


async def test_modules_and_their_owners(triage_of: TriageOf, filed: Filed) -> None:
    report = await filed()
    erin, cai = triage_of("erin"), triage_of("cai")
    assert (await erin("modules", "assign", "camera", "erin")).code == 3
    ran = await cai("modules", "assign", "camera", "erin", "--reports")
    assert (ran.code, ran.out) == (0, "camera  now erin's\n")
    assert (await erin("show", report, "--json")).thing["owner"] == "erin"
    rows = (await erin("modules")).out.splitlines()
    assert ["camera", "erin"] in [row.split()[:2] for row in rows]
    assert ["system", "nobody"] in [row.split()[:2] for row in rows]
    assert (await cai("modules", "assign", "camera", "--nobody")).out == "camera  now nobody's\n"
    assert (await cai("modules", "assign", "camera")).code == 2
    ran = await cai("modules", "assign", "nothing", "erin")
    assert (ran.code, ran.err) == (4, "triage: no module nothing\n")


async def test_how_long_answers_take(
    triage_of: TriageOf, filed: Filed, api_of: ApiOf, clock: Clock
) -> None:
    first, _ = await filed(), await filed("花屏")
    erin = triage_of("erin")
    clock.advance(hours=3)
    assert (await erin("reply", first, "在查")).code == 0
    shown, wide, narrow, one = await asyncio.gather(
        erin("show", first),
        erin("times", COLUMNS="120"),
        erin("times", COLUMNS="60"),
        erin("times", "--module", "camera", "--days", "7", "--json"),
    )
    assert "answered after 3 h" in shown.out
    (camera,) = [row.split() for row in wide.out.splitlines() if row.startswith("  camera")]
    # One waits, for three hours (by the clock of the machine), one was answered after three.
    assert (camera[1], " ".join(camera[-6:])) == ("1", "1 3 h 1 3 h")
    assert "1 answer, median 3 h" in narrow.out
    assert [module["median_answer"] for module in one.thing["modules"]] == [3 * 3600]
    assert (await erin("times", "--days", "0")).code == 2
    assert (await erin("times", "--module", "nothing")).code == 4
    assert (await triage_of("alice")("times")).code == 4

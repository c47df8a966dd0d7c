"""Bringing in builds, in the order in which a file has them."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, Clock
from tests.importing.conftest import BringIn
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

COLUMNS = ("--map", "device=codename", "--map", "ring=branch", "--map", "built_on=date")


async def line(api_of: ApiOf, device: str, ring: str) -> list[str]:
    """The versions of a line, the oldest first."""
    answer = await api_of("erin").get("builds", params={"device": device, "ring": ring})
    builds = sorted(answer.json()["items"], key=lambda build: build["position"])
    assert [build["position"] for build in builds] == list(range(1, len(builds) + 1))
    return [build["version"] for build in builds]


def table(*rows: str) -> str:
    return "\n".join(("codename,branch,version,date,method", *rows)) + "\n"


async def test_builds_stand_in_the_order_of_the_file(bring_in: BringIn, api_of: ApiOf) -> None:
    """Whatever their versions and dates look like."""
    rows = table(
        "fuxi,Stable,V14.0.32,2026-08-06,Recovery",
        "fuxi,Stable,V14.0.32,2026-07-30,Fastboot",
        "umi,Stable,V9,2026-08-06,Recovery",
        "fuxi,Stable,V14.0.4,,Recovery",
        "fuxi,Weekly,26.11.25,2026-11-23,Recovery",
    )
    ran = await bring_in("builds", rows, *COLUMNS)
    assert ran.out == "builds: 4 added, 1 already there, 0 refused"
    assert ran.code == 0
    assert await line(api_of, "fuxi", "stable") == ["V14.0.32", "V14.0.4"]
    assert await line(api_of, "fuxi", "dev") == ["26.11.18", "26.11.25"]
    again = await bring_in("builds", rows, *COLUMNS)
    assert (again.code, again.out) == (0, "builds: 0 added, 5 already there, 0 refused")


async def test_newest_first(bring_in: BringIn, api_of: ApiOf) -> None:
    rows = ("fuxi,Stable,C,2026-03-01,", "fuxi,Stable,B,2026-02-01,", "fuxi,Stable,A,2026-01-01,")
    wrong = await bring_in("builds", table(*rows), *COLUMNS, "--dry-run")
    assert "Perhaps the file begins with the newest: try it with --newest-first" in wrong.err
    ran = await bring_in("builds", table(*rows), *COLUMNS, "--newest-first")
    assert (ran.code, ran.err) == (0, "")
    assert await line(api_of, "fuxi", "stable") == ["A", "B", "C"]
    # A later copy of the file, with a new one at its head and one that had been forgotten.
    later = ("fuxi,Stable,D,2026-04-01,", rows[0], "fuxi,Stable,B2,2026-02-15,", *rows[1:])
    ran = await bring_in("builds", table(*later), *COLUMNS, "--newest-first")
    assert ran.out == "builds: 2 added, 3 already there, 0 refused"
    assert await line(api_of, "fuxi", "stable") == ["A", "B", "B2", "C", "D"]


async def test_what_is_refused_and_why(bring_in: BringIn, api_of: ApiOf) -> None:
    rows = table(
        "nowhere,Stable,V1,2026-01-01,",
        "fuxi,Nightly,V2,2026-01-01,",
        "fuxi,Stable,V 3,2026-01-01,",
        "fuxi,Stable,V4,yesterday,",
        "fuxi,Stable,V5,2036-01-01,",
        "fuxi,,V6,2026-01-01,",
        "2211133C,Stable Beta,V7,2026-01-01,",
    )
    ran = await bring_in("builds", rows, *COLUMNS)
    assert ran.out == "builds: 1 added, 0 already there, 6 refused"
    reasons = dict(part.split(": ", 1) for part in ran.err.splitlines())
    assert list(reasons) == [f"line {n}" for n in range(2, 8)]
    assert reasons["line 2"].startswith("there is no device model “nowhere”")
    assert reasons["line 3"] == (
        "ring “Nightly” is not known: --value “ring:Nightly=…” with one of closed, dev, stable"
    )
    assert reasons["line 4"].startswith("“V 3” is no version")
    assert reasons["line 5"] == "“yesterday” is no date; write one like 2026-11-27 17:00"
    assert reasons["line 6"].startswith("it is not out before 2035-12-31")
    assert reasons["line 7"] == "no ring"
    assert "V7" in await line(api_of, "fuxi", "closed"), "found by its alias"
    mended = await bring_in("builds", rows, *COLUMNS, "--value", "ring:nightly=dev")
    assert "builds: 1 added, 1 already there, 5 refused" in mended.out


async def test_models_can_be_added_on_the_way(bring_in: BringIn, api_of: ApiOf) -> None:
    rows = table("houji,Stable,V1,2026-01-01,小米 14", "houji,Stable,V2,2026-02-01,小米 14")
    options = (*COLUMNS, "--map", "name=method", "--create-devices")
    ran = await bring_in("builds", rows, *options, "--dry-run")
    assert ran.out == "builds: 2 would be added, 0 already there, 0 refused"
    ran = await bring_in("builds", rows, *options)
    assert (ran.code, ran.out) == (0, "builds: 2 added, 0 already there, 0 refused")
    assert await line(api_of, "houji", "stable") == ["V1", "V2"]


async def test_imported_builds_ship_nothing_and_tell_nobody(
    bring_in: BringIn, api_of: ApiOf, settings: Settings, clock: Clock
) -> None:
    """A fix that waits for Friday must not seem to be in a build of last year."""
    alice, erin = api_of("alice"), api_of("erin")
    body = {"device": "fuxi", "build": "26.11.20", "module": "camera", "title": "相机闪退"}
    report = (await alice.post("reports", json=body)).json()["id"]
    proposal = {"title": "相机闪退", "reports": [report]}
    number = (await erin.post("proposals", json=proposal)).json()["id"]
    await erin.put(f"proposals/{number}/fix", json={})
    rows = table("fuxi,Beta,26.11.13.1,2026-11-14,", "fuxi,Weekly,26.11.19,2026-11-19,")
    assert (await bring_in("builds", rows, *COLUMNS)).code == 0
    await schedule.tick(settings, clock.advance(minutes=5))
    assert (await alice.get(f"reports/{report}")).json()["status"] == "fixed"
    assert (await alice.get("notices")).json()["items"] == []
    assert (await erin.get(f"proposals/{number}")).json()["shipments"] == []

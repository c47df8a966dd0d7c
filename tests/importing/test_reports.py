"""Bringing in reports that were filed elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cast import ApiOf, Clock
from tests.importing.conftest import BringIn
from tracker import database, schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

DATA = Path(__file__).parent.parent / "data"
HADOOP = (
    *("--map", "external_id=Issue id", "--map", "title=Summary", "--map", "body=Description"),
    *("--map", "status=Status", "--map", "severity=Priority", "--value", "severity:major=normal"),
    *("--map", "filed_at=Created", "--map", "closed_at=Resolved", "--source", "hadoop"),
    *("--set", "device=fuxi", "--set", "module=system"),
)
PHONE = ("--set", "device=fuxi", "--set", "module=camera")


async def found(api_of: ApiOf, **filters: str) -> list[dict[str, Any]]:
    """Oldest number first."""
    answer = await api_of("erin").get("reports", params={"sort": "old", "limit": "100", **filters})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_table_of_another_tracker(bring_in: BringIn, api_of: ApiOf) -> None:
    """Twenty bugs of Hadoop, as Jira writes them out."""
    rehearsed = await bring_in("reports", DATA / "hadoop_bugs.csv", *HADOOP, "--dry-run")
    assert rehearsed.out == "reports: 20 would be added, 0 already there, 0 refused"
    assert await found(api_of) == []
    ran = await bring_in("reports", DATA / "hadoop_bugs.csv", *HADOOP)
    assert (ran.code, ran.out) == (0, "reports: 20 added, 0 already there, 0 refused")
    reports = await found(api_of)
    assert [report["id"] for report in reports] == [f"R-{n}" for n in range(1, 21)]
    first = (await api_of("erin").get("reports/R-1")).json()
    assert first["status"] == "closed"
    assert first["closure"]["reason"] == "obsolete"
    assert "导入时已经结束（Resolved）" in first["closure"]["text"]
    assert "was over (Resolved) when it was imported from hadoop" in first["closure"]["text"]
    assert first["reporter"] == "import-hadoop"
    assert [(e["kind"], e["text"]["en"]) for e in first["timeline"]] == [
        ("report.imported", "imported from hadoop")
    ]
    assert first["filed_at"] < first["closure"]["at"] == first["updated_at"]
    assert len(await found(api_of, status="closed")) == 6
    assert len(await found(api_of, status="new")) == 14
    assert len(await found(api_of, waiting="true")) == 14, "they are work for the team"

    again = await bring_in("reports", DATA / "hadoop_bugs.csv", *HADOOP)
    assert (again.code, again.out) == (0, "reports: 0 added, 20 already there, 0 refused")
    assert await found(api_of) == reports
    other = await bring_in("reports", "external_id,title\n1,One more\n", *PHONE)
    assert other.code == 0
    assert (await found(api_of))[-1]["id"] == "R-21", "no number was lost on the way"


async def test_users_own_words(bring_in: BringIn, api_of: ApiOf) -> None:
    """Twenty bugs of SeaMonkey: their own words for priority, resolution and time."""
    options = (
        *("--map", "external_id=Issue id", "--map", "title=Summary", "--map", "body=Description"),
        *("--map", "status=Status", "--map", "reason=Resolution", "--map", "filed_at=Created"),
        *("--map", "severity=Priority", "--value", "severity:--=normal"),
    )
    ran = await bring_in("reports", DATA / "seamonkey_bugs.csv", *options, *PHONE)
    assert (ran.code, ran.out) == (0, "reports: 20 added, 0 already there, 0 refused")
    hit = (await found(api_of, q="attachments upload"))[0]
    assert hit["title"] == "Attachments won't upload after latest update"
    assert hit["filed_at"] == "2020-01-07T22:16:19Z"
    assert hit["closure"]["reason"] == "unreproducible"
    assert hit["closure"]["text"].startswith("从 seamonkey_bugs 导入时已经结束")


async def test_every_field(bring_in: BringIn, api_of: ApiOf) -> None:
    rows = [
        {
            "external_id": "F-1",
            "title": "相机\n打开后闪退",
            "body": "第一行\n\n第二行\u0000",
            "device": "2211133c",
            "build": "26.11.18",
            "module": "相机",
            "kind": "Improvement",
            "severity": "Security",
            "frequency": "每次",
            "filed_at": "2026-01-02 10:00",
            "reporter": "@Alice",
        },
        {"external_id": "F-2", "title": "长" * 250, "reporter": "somebody", "private": True},
    ]
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    ran = await bring_in(
        "reports", content, *PHONE, "--source", "论坛", "--reporter", "bob", kind="jsonl"
    )
    assert (ran.code, ran.err) == (0, "")
    full, bare = await found(api_of)
    told = {
        name: full[name]
        for name in "title body device ring build module kind severity frequency".split()
    }
    assert told == {
        "title": "相机 打开后闪退",
        "body": "第一行\n\n第二行",
        "device": "fuxi",
        "ring": "dev",
        "build": "26.11.18",
        "module": "camera",
        "kind": "suggestion",
        "severity": "security",
        "frequency": "always",
    }
    assert (full["reporter"], full["filed_at"]) == ("alice", "2026-01-02T02:00:00Z")
    assert full["private"], "security reports are for the team's eyes"
    assert (bare["reporter"], bare["private"]) == ("bob", True)
    assert bare["title"] == "长" * 199 + "…"
    assert bare["body"] == "长" * 250, "nothing is lost"


async def test_nobody_is_told(
    bring_in: BringIn, api_of: ApiOf, settings: Settings, clock: Clock
) -> None:
    """Not even the captains, of reports that are as bad as can be: they are somebody's past."""
    rows = (
        "external_id,title,severity,status,reporter\n1,变砖,brick,open,alice\n2,旧的,,done,alice\n"
    )
    assert (await bring_in("reports", rows, *PHONE)).code == 0
    await schedule.tick(settings, clock.advance(minutes=5))
    for handle in ("alice", "erin", "cai", "ada"):
        assert (await api_of(handle).get("notices")).json()["items"] == []


async def test_what_is_refused_and_why(bring_in: BringIn, api_of: ApiOf) -> None:
    rows = "\n".join(
        (
            "external_id,title,device,build,module,severity,status,filed_at",
            ",no id,,,,,,",
            "1,,,,,,,",
            "2,unknown phone,nokia,,,,,",
            "3,unknown build,,27.9.9,,,,",
            "4,unknown module,,,radio,,,",
            "5,unknown word,,,,fatal,,",
            "6,unknown status,,,,,parked,",
            "7,from the future,,,,,,2036-01-01",
            "8,too many cells,,,,,,,,",
            '9,"torn"row,,,,,,',
            "10,bad bytes \udcff,,,,,,",
            "11,good,,,,,,",
            "11,the same again,,,,,,",
        )
    )
    ran = await bring_in("reports", rows, *PHONE)
    assert ran.out == "reports: 1 added, 1 already there, 11 refused"
    assert ran.code == 1
    reasons = dict(part.split(": ", 1) for part in ran.err.splitlines())
    assert list(reasons) == [f"line {n}" for n in range(2, 13)]
    assert [reason.split(":")[0] for reason in reasons.values()] == [
        "no external id",
        "no title",
        "there is no device model “nokia”",
        "fuxi has no build “27.9.9”",
        "there is no module “radio”",
        "severity “fatal” is not known",
        "status “parked” is not known",
        "filed at lies in the future",
        "10 cells, where there are 8 columns",
        "not a row of a table",
        "title is not UTF-8 text",
    ]
    assert [report["title"] for report in await found(api_of)] == ["good"]
    wild = await bring_in(
        "reports",
        rows,
        *(
            *PHONE,
            "--value",
            "severity:*=minor",
            "--create-modules",
            "--value",
            "status:parked=new",
        ),
    )
    assert wild.out == "reports: 3 added, 2 already there, 8 refused"
    modules = (await api_of("erin").get("modules")).json()["items"]
    assert modules[-1] == {"slug": "radio", "name": {"zh": "radio", "en": "radio"}, "owner": None}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--set", "device=nokia", "--set", "module=camera"), "there is no device model “nokia”"),
        (("--set", "device=fuxi", "--set", "module=radio"), "there is no module “radio”"),
        (("--set", "device=fuxi"), "“module” is missing: --map module=COLUMN"),
        ((*PHONE, "--reporter", "nobody-here"), "nobody is called “nobody-here”"),
        ((*PHONE, "--set", "severity=fatal"), "severity is one of brick, data_loss"),
        ((*PHONE, "--value", "status:parked=accepted"), "status is one of closed, new"),
    ],
)
async def test_a_slip_on_the_command_line(
    bring_in: BringIn, options: tuple[str, ...], said: str
) -> None:
    ran = await bring_in("reports", "external_id,title\n1,One\n", *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


async def test_the_account_that_stands_in_cannot_sign_in(bring_in: BringIn) -> None:
    await bring_in("reports", "external_id,title\n1,One\n", *PHONE, "--source", "老论坛 2")
    await bring_in("reports", "external_id,title\n2,Two\n", *PHONE, "--source", "老论坛 2")
    rows = await database.fetch(
        "SELECT handle, display_name, password_hash, disabled_at IS NOT NULL AS disabled,"
        " (SELECT count(*) FROM reports WHERE reporter = people.id) AS reports"
        " FROM people WHERE handle LIKE 'import-%'"
    )
    assert [tuple(row.values()) for row in rows] == [("import-2", "老论坛 2", "", True, 2)]

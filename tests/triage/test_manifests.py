"""`triage build add --from-manifest`: what a CI server has made, all of it or none."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cast import ApiOf
from tests.doing import FRIDAY, fix, ok, propose
from tests.live import TriageOf
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")

MANIFEST: dict[str, Any] = {
    "ring": "closed",
    "release": FRIDAY,
    "built_on": "2026-11-26",
    "builds": [
        {"device": "fuxi", "version": "26.11.27", "proposals": ["P-1"]},
        {
            "device": "umi",
            "version": "26.11.27",
            "delayed": {"zh": "屏幕闪烁", "en": "It flickers"},
        },
    ],
}
PROP = """
# begin common build properties
ro.product.system.device=generic
ro.build.date=Thu Nov 26 06:10:00 CST 2026
ro.build.date.utc=1795644600
ro.build.version.incremental=V816.0.27.0.UMCCNXM
ro.build.version.release=14
ro.product.device=fuxi
ro.empty=
import /product/etc/build.prop
"""


def file(folder: Path, name: str, content: object) -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


async def added() -> list[tuple[str, str]]:
    rows = await door.fetch(
        "SELECT d.codename, b.version FROM builds b JOIN device_models d ON d.id = b.model"
        " WHERE b.published_at IS NULL ORDER BY b.id"
    )
    return [(row["codename"], row["version"]) for row in rows]


async def test_all_builds_of_a_manifest_are_added_once(
    triage_of: TriageOf, api_of: ApiOf, tmp_path: Path
) -> None:
    erin = triage_of("erin")
    await fix(api_of("erin"), await propose(api_of("erin")))
    words = ["build", "add", "--from-manifest", file(tmp_path, "builds.json", MANIFEST)]
    ran = await erin(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"fuxi 26.11.27  closed, aboard {FRIDAY}, with P-1",
        f"umi 26.11.27  closed, aboard {FRIDAY}, late",
    ]
    before = await door.fetch("SELECT * FROM builds ORDER BY id")
    again = await erin(*words, "--json")
    assert [one["device"] for one in again.things] == ["fuxi", "umi"]
    assert again.things[1]["delayed"] == {"zh": "屏幕闪烁", "en": "It flickers"}
    assert {one["built_on"] for one in again.things} == {"2026-11-26"}
    assert await door.fetch("SELECT * FROM builds ORDER BY id") == before
    (events,) = await door.fetch("SELECT count(*) AS n FROM events WHERE kind = 'build.added'")
    assert events["n"] == 2


async def test_one_that_is_wrong_keeps_out_all(
    triage_of: TriageOf, api_of: ApiOf, tmp_path: Path
) -> None:
    erin = triage_of("erin")
    good = {"device": "fuxi", "version": "27.1"}
    for bad, said in (
        ({"device": "nope", "version": "27.1"}, "builds[1].device"),
        ({"device": "umi", "version": "27.1", "proposals": ["P-99"]}, "builds[1].proposal"),
        ({"device": "umi", "version": "27.1", "release": "2026-11-26"}, "builds[1].release"),
        ({"device": "umi", "version": "27.1", "after": "1"}, "builds[1].after"),
        ({"device": "fuxi", "version": "27.1"}, "builds[1].version"),
        # It is out, for no train.
        ({"device": "umi", "version": "26.11.20"}, "umi 26.11.20:"),
    ):
        content = {**MANIFEST, "builds": [good, bad]}
        ran = await erin("build", "add", "--from-manifest", file(tmp_path, "m.json", content))
        assert (ran.code, said in ran.err) == (1, True), ran.err
    assert await added() == []
    tester = triage_of("alice")
    ran = await tester("build", "add", "--from-manifest", file(tmp_path, "m.json", MANIFEST))
    assert ran.code == 3


async def test_a_build_prop_says_which_build(triage_of: TriageOf, tmp_path: Path) -> None:
    erin = triage_of("erin")
    prop = file(tmp_path, "build.prop", PROP)
    ran = await erin("build", "add", "--from-manifest", prop)
    assert (ran.code, "no ring (or say --ring)" in ran.err) == (2, True)
    shown = (
        "[ro.product.device]: [umi]\n[ro.mi.os.version.incremental]: [OS1.0.27.0.UMCCNXM]\n"
        "[ro.build.version.incremental]: [V816]\n[ro.build.date.utc]: [1795644600]\n"
    )
    words = ["build", "add", "--from-manifest", prop, "--from-manifest", "-"]
    ran = await erin(*words, "--ring", "closed", "--release", FRIDAY, "--json", stdin=shown)
    assert ran.code == 0, ran.err
    assert [(one["device"], one["version"], one["built_on"]) for one in ran.things] == [
        ("fuxi", "V816.0.27.0.UMCCNXM", "2026-11-26"),
        ("umi", "OS1.0.27.0.UMCCNXM", "2026-11-25"),
    ], "by the clock of the machine that built it, else by UTC"
    assert {one["release"] for one in ran.things} == {FRIDAY}


async def test_what_is_no_manifest_is_wrong_usage(triage_of: TriageOf, tmp_path: Path) -> None:
    erin = triage_of("erin")
    for content, said in (
        ("", "neither JSON nor a build.prop"),
        ("a = 1", "neither JSON nor a build.prop"),
        ("ro.build.type=user", "no device and no version"),
        ("{", "not JSON"),
        ("<manifest></manifest>", "which code"),
        ({"builds": {"device": "fuxi"}}, "must be a list"),
        (
            {"builds": [{"device": "fuxi", "version": "1", "proposal": "P-1"}]},
            'no field "proposal"',
        ),
        ({"version": "1", "builds": []}, 'no field "version"'),
        ([{"device": "fuxi"}], "no version and no ring"),
    ):
        ran = await erin("build", "add", "--from-manifest", file(tmp_path, "m", content))
        assert (ran.code, said in ran.err) == (2, True), ran.err
    for words in (
        ["--from-manifest", str(tmp_path / "none")],
        ["--from-manifest", "-", "--from-manifest", "-"],
        ["fuxi", "1", "--from-manifest", "-"],
        ["fuxi", "1"],
        ["fuxi", "--ring", "closed"],
        [],
    ):
        assert (await erin("build", "add", *words)).code == 2, words
    ran = await erin("build", "add", "--from-manifest", file(tmp_path, "m", {"builds": []}))
    assert (ran.code, "Between 1 and 200" in ran.err) == (1, True)
    assert await added() == []


async def test_manifests_and_trains_at_once(api_of: ApiOf) -> None:
    """Two builders send the same models in other orders while the captain looks after the train."""
    erin, cai = api_of("erin"), api_of("cai")
    for _ in range(2):
        await fix(erin, await propose(erin))
    builds = [
        {
            "device": device,
            "version": "26.11.27",
            "ring": "closed",
            "release": day,
            "proposals": held,
        }
        for device, day, held in (
            ("fuxi", FRIDAY, ["P-1", "P-2"]),
            ("umi", "2026-12-04", ["P-2", "P-1"]),
        )
    ]
    sent = [
        erin.put("builds", json={"builds": builds if n % 2 else builds[::-1]}) for n in range(6)
    ]
    for answer in await asyncio.gather(*sent, cai.put(f"releases/{FRIDAY}/freeze")):
        await ok(answer)
    assert sorted(await added()) == [("fuxi", "26.11.27"), ("umi", "26.11.27")]

"""A Friday: what was fixed reaches those whose phones have it, and nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, Clock
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

FRIDAY = "2026-11-27"


async def ok(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.status_code}: {response.text}"
    return response.json()


async def file(client: httpx.AsyncClient, device: str, title: str, **more: Any) -> str:
    body = {"device": device, "build": "26.11.20", "module": "camera", "title": title, **more}
    report: str = (await ok(await client.post("reports", json=body)))["id"]
    return report


async def propose(client: httpx.AsyncClient, *reports: str, **more: Any) -> str:
    body = {
        "title": "相机打开后闪退",
        "reports": reports,
        "changelog": {"zh": "修复相机打开后闪退", "en": "Camera closed on opening"},
        **more,
    }
    proposal: str = (await ok(await client.post("proposals", json=body)))["id"]
    return proposal


async def status(client: httpx.AsyncClient, report: str) -> str:
    found: str = (await ok(await client.get(f"reports/{report}")))["status"]
    return found


async def ship(client: httpx.AsyncClient, *devices: str, **more: Any) -> None:
    for device in devices:
        body = {"ring": "closed", "release": FRIDAY, **more}
        await ok(await client.put(f"builds/{device}/26.11.27", json=body))


async def test_a_report_goes_all_the_way(api_of: ApiOf, clock: Clock, settings: Settings) -> None:
    alice, bob, erin = api_of("alice"), api_of("bob"), api_of("erin")
    report = await file(alice, "fuxi", "打开相机后闪退")
    other = await file(bob, "umi", "Camera closes on opening")
    assert await status(alice, report) == "new"
    proposal = await propose(erin, report, other)
    assert await status(alice, report) == "accepted"
    await ok(await erin.patch(f"proposals/{proposal}", json={"state": "in_progress"}))
    assert await status(alice, report) == "in_progress"
    await ok(await erin.put(f"proposals/{proposal}/fix", json={"models": ["fuxi"]}))
    shown = await ok(await alice.get(f"reports/{report}"))
    assert (shown["status"], shown["expected_on"]) == ("fixed", FRIDAY)
    assert "27 November" in shown["status_text"]["en"]
    assert await status(bob, other) == "in_progress", "not fixed for bob's model"
    await ship(erin, "fuxi", "umi")

    clock.set(datetime.fromisoformat("2026-11-27T16:59:00+08:00"))
    await schedule.tick(settings, clock.now)
    assert await status(alice, report) == "fixed", "a minute early"
    clock.set(datetime.fromisoformat("2026-11-27T17:00:00+08:00"))
    await schedule.tick(settings, clock.now)

    shown = await ok(await alice.get(f"reports/{report}"))
    assert (shown["status"], shown["released_in"]) == ("released", "26.11.27")
    assert await status(bob, other) == "in_progress"
    release = await ok(await alice.get(f"releases/{FRIDAY}"))
    assert [(e["zh"], e["models"]) for e in release["entries"]] == [
        ("修复相机打开后闪退", ["fuxi"])
    ]
    notices = (await ok(await alice.get("notices")))["items"]
    assert [(n["kind"], n["reports"]) for n in notices] == [("friday", [report])]
    assert "26.11.27" in notices[0]["text"]
    assert (await ok(await bob.get("notices")))["items"] == []

    await schedule.tick(settings, clock.advance(minutes=5))
    assert len((await ok(await alice.get("notices")))["items"]) == 1, "told once"


async def test_the_preview_is_what_then_happens(
    api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, cai, erin = api_of("alice"), api_of("cai"), api_of("erin")
    report = await file(alice, "fuxi", "打开相机后闪退")
    proposal = await propose(erin, report)
    await ok(await erin.put(f"proposals/{proposal}/fix", json={}))
    await ship(erin, "fuxi")
    preview = await ok(await cai.get(f"releases/{FRIDAY}/preview"))
    assert preview["recipients"] == 1
    assert [(m["person"], m["reports"]) for m in preview["messages"]] == [("alice", [report])]
    assert preview["blockers"] == []
    assert await status(alice, report) == "fixed", "nothing of the rehearsal stays"
    assert (await ok(await alice.get("notices")))["items"] == []

    published = await ok(await cai.put(f"releases/{FRIDAY}/publication"))
    again = await ok(await cai.put(f"releases/{FRIDAY}/publication"))
    assert published["state"] == again["state"] == "published"
    assert published["published_at"] == again["published_at"]
    await schedule.tick(settings, clock.now)
    notices = (await ok(await alice.get("notices", headers={"Accept-Language": "zh"})))["items"]
    assert [(n["title"], n["text"]) for n in notices] == [
        (m["title"], m["text"]) for m in preview["messages"]
    ]


async def test_a_fix_after_the_freeze_takes_the_next_train(
    api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    early = await file(alice, "fuxi", "打开相机后闪退")
    late = await file(alice, "fuxi", "夜景模式发绿")
    first, second = await propose(erin, early), await propose(erin, late, title="夜景发绿")
    await ok(await erin.put(f"proposals/{first}/fix", json={}))
    await ship(erin, "fuxi")
    clock.set(datetime.fromisoformat("2026-11-26T18:00:01+08:00"))
    await schedule.tick(settings, clock.now)
    await ok(await erin.put(f"proposals/{second}/fix", json={}))
    shown = await ok(await alice.get(f"reports/{late}"))
    assert shown["expected_on"] == "2026-12-04"
    clock.set(datetime.fromisoformat("2026-11-28T09:00:00+08:00"))
    await schedule.tick(settings, clock.now)
    assert await status(alice, early) == "released", "caught up with after downtime"
    assert await status(alice, late) == "fixed"


async def test_a_reverted_fix_is_taken_back_and_only_those_told_are_told(
    api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, cai, erin = (api_of(name) for name in ("alice", "bob", "cai", "erin"))
    report = await file(alice, "fuxi", "打开相机后闪退")
    other = await file(bob, "umi", "Camera closes on opening")
    proposal = await propose(erin, report, other)
    await ok(await erin.put(f"proposals/{proposal}/fix", json={}))
    await ship(erin, "fuxi")
    await ok(await cai.put(f"releases/{FRIDAY}/publication"))
    await schedule.tick(settings, clock.now)
    body = {"reason": "它会让夜景变慢"}
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    await schedule.tick(settings, clock.now)
    assert await status(alice, report) == await status(bob, other) == "in_progress"
    kinds = [n["kind"] for n in (await ok(await alice.get("notices")))["items"]]
    assert kinds == ["correction", "friday"]
    assert (await ok(await bob.get("notices")))["items"] == []
    entry = (await ok(await alice.get(f"releases/{FRIDAY}")))["entries"][0]
    assert entry["erratum"]["models"] == ["fuxi"]
    assert entry["erratum"]["reason"]["zh"] == "它会让夜景变慢"


async def test_still_broken_reopens_that_model_alone(
    api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, cai, erin = (api_of(name) for name in ("alice", "bob", "cai", "erin"))
    report = await file(alice, "fuxi", "打开相机后闪退")
    other = await file(bob, "umi", "Camera closes on opening")
    proposal = await propose(erin, report, other)
    await ok(await erin.put(f"proposals/{proposal}/fix", json={}))
    await ship(erin, "fuxi", "umi")
    await ok(await cai.put(f"releases/{FRIDAY}/publication"))
    old = {"build": "26.11.13", "verdict": "broken"}
    await ok(await alice.put(f"reports/{report}/verification", json=old))
    assert await status(alice, report) == "released", "an older build changes nothing"
    new = {"build": "26.11.27", "verdict": "broken"}
    await ok(await alice.put(f"reports/{report}/verification", json=new))
    assert await status(alice, report) == "in_progress"
    assert await status(bob, other) == "released"
    yes = {"build": "26.11.27", "verdict": "fixed"}
    await ok(await bob.put(f"reports/{other}/verification", json=yes))
    assert await status(bob, other) == "verified"
    await schedule.tick(settings, clock.now)
    reopened = (await ok(await erin.get("notices")))["items"]
    assert [n["kind"] for n in reopened] == ["reopened"]
    verdicts = (await ok(await erin.get(f"proposals/{proposal}")))["verdicts"]
    assert verdicts == [
        {"model": "fuxi", "fixed": 0, "broken": 1, "unsure": 0},
        {"model": "umi", "fixed": 1, "broken": 0, "unsure": 0},
    ]


async def test_me_too_hears_for_their_own_model(
    api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, cai, erin = (api_of(name) for name in ("alice", "bob", "cai", "erin"))
    report = await file(alice, "fuxi", "打开相机后闪退")
    await ok(await bob.put(f"reports/{report}/affected", json={"device": "umi"}))
    proposal = await propose(erin, report)
    await ok(await erin.put(f"proposals/{proposal}/fix", json={}))
    await ship(erin, "fuxi")
    await ship(erin, "umi", delayed="因测试系统稳定性")
    release = await ok(await cai.put(f"releases/{FRIDAY}/publication"))
    assert [b["delayed"] is not None for b in release["builds"]] == [True, False]
    await schedule.tick(settings, clock.now)
    assert (await ok(await bob.get("notices")))["items"] == []
    await ship(erin, "umi")
    await schedule.tick(settings, clock.advance(days=3))
    notices = (await ok(await bob.get("notices")))["items"]
    assert [(n["kind"], n["reports"]) for n in notices] == [("build", [report])]
    assert len((await ok(await alice.get("notices")))["items"]) == 1


async def test_a_list_of_proposals_is_the_truth(api_of: ApiOf, clock: Clock) -> None:
    alice, cai, erin = api_of("alice"), api_of("cai"), api_of("erin")
    one, two = await file(alice, "fuxi", "一"), await file(alice, "fuxi", "二")
    listed, left_out = await propose(erin, one), await propose(erin, two)
    for proposal in (listed, left_out):
        await ok(await erin.put(f"proposals/{proposal}/fix", json={}))
    await ship(erin, "fuxi", proposals=[listed])
    await ok(await cai.put(f"releases/{FRIDAY}/publication"))
    assert await status(alice, one) == "released"
    shown = await ok(await alice.get(f"reports/{two}"))
    assert (shown["status"], shown["expected_on"]) == ("fixed", "2026-12-04")


async def test_a_hotfix_between_fridays_goes_out_at_once(
    api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    report = await file(alice, "fuxi", "打开相机后闪退")
    proposal = await propose(erin, report)
    await ok(await erin.put(f"proposals/{proposal}/fix", json={}))
    await ok(await erin.put("builds/fuxi/26.11.20.1", json={"ring": "closed"}))
    await schedule.tick(settings, clock.now)
    assert await status(alice, report) == "released"
    notices = (await ok(await alice.get("notices")))["items"]
    assert [(n["kind"], n["reports"]) for n in notices] == [("build", [report])]


async def test_a_report_linked_to_what_is_shipped_already_is_told_at_once(
    api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, cai, erin = api_of("alice"), api_of("cai"), api_of("erin")
    first = await file(alice, "fuxi", "打开相机后闪退")
    proposal = await propose(erin, first)
    await ok(await erin.put(f"proposals/{proposal}/fix", json={}))
    await ship(erin, "fuxi")
    await ok(await cai.put(f"releases/{FRIDAY}/publication"))
    await schedule.tick(settings, clock.now)
    duplicate = await file(alice, "fuxi", "相机打不开")
    again_there = await file(alice, "fuxi", "更新以后还是闪退", build="26.11.27")
    for report in (duplicate, again_there):
        await ok(await erin.put(f"reports/{report}/proposal", json={"proposal": proposal}))
    assert await status(alice, duplicate) == "released"
    assert await status(alice, again_there) == "accepted", "it has the build, and the problem"
    await schedule.tick(settings, clock.advance(minutes=1))
    told = [n["reports"] for n in (await ok(await alice.get("notices")))["items"]]
    assert told == [[duplicate], [first]]
    body = {"reason": "它会让夜景变慢"}
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    await schedule.tick(settings, clock.advance(minutes=1))
    correction = (await ok(await alice.get("notices")))["items"][0]
    assert (correction["kind"], sorted(correction["reports"])) == (
        "correction",
        sorted([first, duplicate]),
    )

"""Signing in and out at a real server."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cast import bearer_token
from tests.live import TriageOf


async def test_an_engineer_signs_in_once(
    triage_of: TriageOf, live_server: str, tmp_path: Path
) -> None:
    triage = triage_of(None)
    assert (await triage("whoami")).code == 3

    ran = await triage("login", live_server, stdin=bearer_token("erin") + "\n")
    assert (ran.code, ran.out) == (0, f"Signed in at {live_server} as erin (engineer)\n")

    saved = tmp_path / "nobody" / "triage" / "login.json"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert stat.S_IMODE(saved.parent.stat().st_mode) == 0o700
    assert json.loads(saved.read_text())["url"] == live_server

    ran = await triage("whoami")
    assert (ran.code, ran.out) == (0, f"erin · Erin · engineer · {live_server}\n")
    me = (await triage("whoami", "--json")).thing
    assert {key: me[key] for key in ("handle", "display_name", "role")} == {
        "handle": "erin",
        "display_name": "Erin",
        "role": "engineer",
    }

    assert (await triage("logout")).code == 0
    assert not saved.exists()
    ran = await triage("whoami")
    assert ran.code == 3
    assert "triage login" in ran.err


async def test_the_token_is_asked_for_and_not_shown(triage_of: TriageOf, live_server: str) -> None:
    token = bearer_token("erin")
    ran = await triage_of(None)("login", live_server, typed=f"{token}\n")
    assert ran.code == 0
    assert "Token:" in ran.err
    assert token not in ran.out + ran.err + ran.screen


@pytest.mark.parametrize("way", ["option", "environment", "pipe"])
async def test_the_token_comes_in_three_ways(
    triage_of: TriageOf, live_server: str, way: str
) -> None:
    triage, token = triage_of(None), bearer_token("erin")
    if way == "option":
        ran = await triage("login", live_server, "--token", token, "--json")
    elif way == "environment":
        ran = await triage("login", live_server, "--json", TRIAGE_TOKEN=token)
    else:
        ran = await triage("login", live_server, "--json", stdin=token)
    assert ran.code == 0
    assert ran.thing["handle"] == "erin"
    assert token not in ran.out + ran.err


async def test_a_wrong_token_is_not_saved(
    triage_of: TriageOf, live_server: str, tmp_path: Path
) -> None:
    ran = await triage_of(None)("login", live_server, "--token", "oft_wrong")
    assert ran.code == 3
    assert "does not know this token" in ran.err
    assert not (tmp_path / "nobody" / "triage").exists()


async def test_no_token_at_all(triage_of: TriageOf, live_server: str) -> None:
    assert (await triage_of(None)("login", live_server)).code == 2


@pytest.mark.parametrize("path", ["/nothing", "/healthz"])
async def test_an_address_that_is_not_the_trackers(
    triage_of: TriageOf, live_server: str, path: str
) -> None:
    ran = await triage_of(None)("login", live_server + path, "--token", bearer_token("erin"))
    assert ran.code in {4, 5}
    assert "is it the address of the tracker?" in ran.err


async def test_nobody_listens_there(triage_of: TriageOf) -> None:
    ran = await triage_of("erin")("whoami", TRIAGE_URL="http://127.0.0.1:1")
    assert ran.code == 5
    assert "out of reach" in ran.err


async def test_a_problem_for_a_script(triage_of: TriageOf) -> None:
    ran = await triage_of("erin")("whoami", "--json", TRIAGE_TOKEN="oft_wrong")
    assert (ran.code, ran.out) == (3, "")
    (problem,) = ran.problems
    assert problem["status"] == 401
    assert problem["exit"] == 3

"""Accounts, tokens and invitations, by the real `tracker` command beside a server at work."""

from __future__ import annotations

import re

from tests.running.commands import Serving, Tracker, sign_in
from tracker.sample import PASSWORD


def test_a_token_is_all_that_is_printed_and_works(served: tuple[Tracker, Serving]) -> None:
    tracker, serving = served
    ran = tracker("token", "Erin", "--name", "a script")
    assert ran.code == 0
    assert re.fullmatch(r"oft_[\w-]{43}\n", ran.out)
    with serving.client() as client:
        answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {ran.out.strip()}"})
        assert answer.json()["handle"] == "erin"
        sign_in(client, "erin", PASSWORD)
        assert "a script" in client.get("/settings/tokens").text

    ran = tracker("token", "nobody-at-all")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[-1] == "There is nobody called nobody-at-all."


def test_people_are_added_shut_out_and_let_in(served: tuple[Tracker, Serving]) -> None:
    tracker, serving = served
    ran = tracker(
        *("person", "add", "Frida", "--role", "engineer", "--name", "弗里达"),
        *("--language", "en", "--password-stdin"),
        stdin="words-for-frida\n",
    )
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert "words-for-frida" not in ran.err
    assert re.search(r"frida +engineer +en +弗里达\n", tracker("person", "list").out)
    with serving.client() as client:
        assert sign_in(client, "frida", "words-for-frida").status_code == 303
        assert tracker("person", "disable", "frida").code == 0
        assert client.get("/settings").status_code == 303
        assert "(shut out)" in tracker("person", "list").out
        assert sign_in(client, "frida", "words-for-frida").status_code == 422
        assert tracker("person", "enable", "frida").code == 0
        assert tracker("person", "password", "frida", stdin="other words now\n").code == 0
        assert sign_in(client, "frida", "words-for-frida").status_code == 422
        assert sign_in(client, "frida", "other words now").status_code == 303


def test_an_invitation_lets_somebody_in(served: tuple[Tracker, Serving]) -> None:
    tracker, serving = served
    ran = tracker("invite", "--role", "tester", "--uses", "2", "--days", "3", "--note", "a friend")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/join/[\w-]{14}\n", ran.out)
    path = ran.out.strip().removeprefix("http://127.0.0.1:8000")
    with serving.client() as client:
        assert "成为内测用户" in client.get(path, headers={"Accept-Language": "zh"}).text
        answer = client.post(
            path,
            data={
                "handle": "hana",
                "display_name": "Hana",
                "password": "words-for-hana",
                "_csrf_token": client.cookies["csrf"],
            },
        )
        assert answer.headers["location"] == "/settings/devices?welcome=1"


def test_who_leaves_the_team_passes_on_what_they_looked_after(
    served: tuple[Tracker, Serving],
) -> None:
    tracker, serving = served
    ran = tracker("person", "role", "lin", "tester")
    assert (ran.code, ran.out) == (0, ""), ran.err
    passed_on = re.search(r"^(\d+) open reports of lin passed on$", ran.err, re.MULTILINE)
    assert passed_on, ran.err
    assert re.search(r"lin +tester ", tracker("person", "list").out)
    token = tracker("token", "cai").out.strip()
    with serving.client() as client:
        headers = {"Authorization": f"Bearer {token}"}
        theirs = client.get("/api/v1/reports?owner=lin&status=open", headers=headers).json()
        assert theirs["items"] == []
        listed = client.get("/api/v1/reports?owner=cai&status=open", headers=headers).json()
        assert len(listed["items"]) > 0
    ran = tracker("person", "role", "lin", "engineer")
    assert (ran.code, ran.err.count("passed on")) == (0, 0)
    assert tracker("person", "role", "nobody-at-all", "tester").code == 1

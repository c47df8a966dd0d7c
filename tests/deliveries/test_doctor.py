"""What the doctor says of the ways out, as `tracker doctor` prints it."""

from __future__ import annotations

import pytest

from tests.deliveries.far_side import hears
from tests.running.commands import Ran, Tracker
from tracker import database as door
from tracker.channels.base import ChannelName
from tracker.settings import Settings


@pytest.fixture
def doctor(settings: Settings, cast: object, tracker_environment: dict[str, str]) -> Tracker:
    """Call it with "doctor": on the database of the tests, with other settings if need be."""
    ours = {n: text for n, text in tracker_environment.items() if n.startswith("TRACKER_")}
    return Tracker(settings.data, ours)


def look(doctor: Tracker, **more: str) -> Ran:
    return Tracker(doctor.data, {**doctor.settings, **more})("doctor")


def test_an_installation_without_any_channel_is_well(doctor: Tracker) -> None:
    ran = look(doctor)
    assert ran.code == 0, ran.out
    for line in (
        "e-mail: off: TRACKER_SMTP_URL is not set",
        "Mi Push: off: TRACKER_MIPUSH_SECRET is not set",
        "Web Push: on this machine alone: browsers elsewhere want pages over https",
        "contact: TRACKER_CONTACT is not set: push services are told mailto:orange-friday@example.com",
        "keys: will be made when the first is needed",
        "deliveries: nothing waits",
        "dead letters: none in the last week",
    ):
        assert f"ok        {line}\n" in ran.out


def test_one_with_all_of_them_too(doctor: Tracker) -> None:
    ran = look(
        doctor,
        TRACKER_BASE_URL="https://beta.example.com",
        TRACKER_SMTP_URL="smtp://me:hunter2@mail.example.com:587",
        TRACKER_MAIL_FROM="beta@example.com",
        TRACKER_MIPUSH_SECRET="hunter2",
        TRACKER_MIPUSH_PACKAGE="com.example.beta",
        TRACKER_CONTACT="mailto:ada@example.com",
    )
    assert ran.code == 0, ran.out
    for line in (
        "e-mail: set up",
        "Mi Push: set up",
        "Web Push: set up",
        "contact: push services may write to mailto:ada@example.com",
    ):
        assert f"ok        {line}\n" in ran.out
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"TRACKER_SMTP_URL": "smtp://mail.example.com"},
            "e-mail: TRACKER_MAIL_FROM is not set, and without it no mail is sent: set it",
        ),
        (
            {"TRACKER_MIPUSH_PACKAGE": "com.example.beta"},
            "Mi Push: TRACKER_MIPUSH_SECRET is not set, and without it nothing is sent that way",
        ),
        (
            {"TRACKER_BASE_URL": "http://beta.example.com"},
            "Web Push: browsers subscribe over https only, and TRACKER_BASE_URL is http://beta",
        ),
        (
            {"TRACKER_BASE_URL": "http://beta.example.com"},
            "contact: TRACKER_CONTACT is not set: push services are told mailto:orange-friday@example.com,",
        ),
    ],
)
def test_half_of_a_channel_is_not_well(doctor: Tracker, given: dict[str, str], said: str) -> None:
    ran = look(doctor, **given)
    assert ran.code == 1
    assert f"NOT WELL  {said}" in ran.out


async def deliver(subscription: int, state: str, *, due: str = "NULL", ago: str = "0 h") -> None:
    await door.execute(
        "WITH told AS (INSERT INTO notices (person, cause, kind, event, data, at)"
        " SELECT person, 'event:' || gen_random_uuid(), 'reply', 1, '{}', now() FROM subscriptions"
        " WHERE id = $1 RETURNING id)"
        " INSERT INTO deliveries (notice, subscription, channel, host, due_at, at, state, attempts,"
        f" detail) SELECT told.id, s.id, s.channel, s.host, {due}, now() - interval '{ago}', $2, 1,"
        " '400 Bad Request' FROM told, subscriptions s WHERE s.id = $1",
        subscription,
        state,
    )


async def test_what_waits_and_what_is_dead(doctor: Tracker) -> None:
    place = await hears("alice")
    await deliver(place, "pending", due="now() - interval '5 min'")
    await deliver(place, "pending", due="now() + interval '5 h'")
    for ago in ("1 h", "6 d", "8 d"):
        await deliver(place, "dead", ago=ago)
    ran = look(doctor)
    assert ran.code == 0, ran.out
    assert "ok        deliveries: 1 wait, the oldest for 5 min\n" in ran.out
    assert "dead letters: in the last week 2 webhook (last: 400 Bad Request)" in ran.out

    await deliver(place, "pending", due="now() - interval '2 h'")
    ran = look(doctor)
    assert ran.code == 1
    assert "NOT WELL  deliveries: 2 wait, the oldest for 120 min: does `tracker serve`" in ran.out


async def test_hosts_that_are_left_alone(doctor: Tracker) -> None:
    """One person's is theirs; one that several hear by is the operator's."""
    place = await hears("alice")
    await deliver(place, "failed", due="now() - interval '2 h'")
    await door.execute(
        "INSERT INTO delivery_hosts (host, failures, paused_until, detail)"
        " VALUES ('hooks.example.com', 3, now() + interval '5 min', 'it does not answer')"
    )
    ran = look(doctor)
    assert ran.code == 0, ran.out
    assert "ok        host hooks.example.com: left alone until " in ran.out
    assert "1 hear there: it does not answer" in ran.out
    assert "deliveries: nothing waits" in ran.out, "it cannot be hurried"
    await hears("bob")
    ran = look(doctor)
    assert ran.code == 1
    assert "NOT WELL  host hooks.example.com: " in ran.out


async def test_a_key_that_is_gone(doctor: Tracker) -> None:
    await hears("alice", ChannelName.WEBPUSH, host="push.example.com")
    ran = look(doctor)
    assert ran.code == 1
    assert "NOT WELL  keys: the key is gone that 1 browsers subscribed with" in ran.out
    await door.execute("INSERT INTO keys (name, value, created_at) VALUES ('vapid', 'x', now())")
    ran = look(doctor)
    assert ran.code == 0, ran.out
    assert "ok        keys: vapid\n" in ran.out

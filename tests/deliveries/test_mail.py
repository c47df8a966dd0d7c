"""A Friday by e-mail, from the fix to the mailbox."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.cast import ApiOf, BrowserOf, Cast, Clock
from tests.channels.mailserver import MailServer, mail_server, mailing
from tests.doing import BUILD, ask, counting_queries, file, fix, friday, ok, propose, stored, words
from tracker import database as door
from tracker import schedule
from tracker.channels.mail import Mail
from tracker.people.tables import Person
from tracker.settings import Settings
from tracker.subscriptions.actions import subscribe

__all__ = ["mail_server", "mailing"]

pytestmark = pytest.mark.usefixtures("world")


async def hears_by_mail(person: Person, settings: Settings, clock: Clock) -> int:
    address = f"{person.handle}@example.com"
    return await subscribe(
        person, Mail(settings), {"to": address}, name=address, now=clock.now, confirmed=True
    )


async def test_a_friday(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    for person in (cast.alice, cast.bob):
        await hears_by_mail(person, mailing, clock)
    for title in ("打开相机后闪退", "夜景模式 <很慢>"):
        await fix(erin, await propose(erin, await file(alice, title=title)))
    await bob.submit("/reports/R-1/affected", {"device": "umi"})
    await friday(clock, mailing, erin, "fuxi", "umi")

    letters = {letter.to: letter for letter in mail_server.letters}
    assert list(letters) == ["alice@example.com", "bob@example.com"]
    to_alice = letters["alice@example.com"]
    assert to_alice.parsed["Subject"] == "你的 2 个反馈解决了"
    for kind in ("plain", "html"):
        said = to_alice.part(kind)
        assert f"R-1 · 已解决 · {BUILD} · 小米 13" in said
        assert f"{mailing.base_url}/reports/R-2" in said
        assert "/releases/2026-11-27" not in said, "it leads to what is their own"
    assert "夜景模式 <很慢>" in to_alice.part("plain")
    to_bob = letters["bob@example.com"]
    assert to_bob.parsed["Subject"] == "A problem you had too is fixed"
    assert f"R-1 · Fixed · {BUILD} · Xiaomi 10 · you said “me too”" in to_bob.part("plain")
    assert to_bob.part("plain").count("/v/") == 1

    ways = [urlsplit(link).path for link in to_alice.links() if "/v/" in link]
    assert len(ways) == 2
    nobody = browser_of(None)
    assert "R-1 小米 13 打开相机后闪退" in words(await nobody.see(ways[0]))
    assert (await stored(erin, "R-1"))["status"] == "released", "looking is no answer"
    await nobody.post(ways[0], data={"verdict": "fixed", "build": BUILD})
    assert (await stored(erin, "R-1"))["status"] == "verified"

    await schedule.tick(mailing, clock.advance(hours=1))
    assert len(mail_server.letters) == 2, "everybody hears once"


async def test_a_greylist_and_the_same_mail_again(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
) -> None:
    await hears_by_mail(cast.alice, mailing, clock)
    mail_server.at_rcpt.append("451 4.7.1 Greylisted, come back in a minute")
    await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
    await schedule.tick(mailing, clock.now)
    assert mail_server.letters == []
    [_, delivery] = (await ok(await api_of("alice").get("notices/1/deliveries")))["items"]
    assert delivery["state"] == "failed"
    assert "Greylisted" in delivery["detail"]
    await schedule.tick(mailing, clock.advance(minutes=2))
    [letter] = mail_server.letters
    assert letter.parsed["Subject"] == "工程师想请你补充一点信息"
    assert "「打开相机后闪退」：哪个模式下？" in letter.part("plain")
    assert "去回答" in letter.part("html")
    # As a worker that died before it could write down that it was sent.
    await door.execute("UPDATE deliveries SET state = 'pending', due_at = $1", clock.now)
    await schedule.tick(mailing, clock.advance(minutes=1))
    again = mail_server.letters[1]
    assert again.raw == letter.raw


async def test_a_mailbox_that_is_no_more(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
) -> None:
    await hears_by_mail(cast.alice, mailing, clock)
    mail_server.at_rcpt.append("550 5.1.1 no such user")
    report = await file(browser_of("alice"))
    await ask(api_of("erin"), report, "哪个模式下？")
    await schedule.tick(mailing, clock.now)
    [_, delivery] = (await ok(await api_of("alice").get("notices/1/deliveries")))["items"]
    assert (delivery["state"], delivery["detail"]) == ("dead", "SMTP 550 5.1.1 no such user")
    [row] = await door.fetch("SELECT gone_because, address FROM subscriptions")
    assert (row["gone_because"], row["address"]) == ("SMTP 550 5.1.1 no such user", "{}")
    await browser_of("alice").submit(f"/reports/{report}/answer", {"answer": "夜景"})
    await ask(api_of("erin"), report, "每次都这样？")
    await schedule.tick(mailing, clock.advance(minutes=5))
    assert mail_server.letters == []


async def test_a_server_that_is_down_loses_nothing(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
) -> None:
    await hears_by_mail(cast.alice, mailing, clock)
    down = dataclasses.replace(mailing, smtp_url="smtp://127.0.0.1:1")
    await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
    await schedule.tick(down, clock.now)
    [_, delivery] = (await ok(await api_of("alice").get("notices/1/deliveries")))["items"]
    assert delivery["state"] == "failed"
    await schedule.tick(mailing, clock.advance(hours=1))
    assert len(mail_server.letters) == 1


async def test_a_thousand_mails_are_composed_with_one_query(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
) -> None:
    """Or four of them: the number of queries is that of one."""
    erin, report = api_of("erin"), await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    for handle, device in (("bob", "umi"), ("cai", "fuxi"), ("ada", "fuxi")):
        await hears_by_mail(getattr(cast, handle), mailing, clock)
        await browser_of(handle).submit(f"/reports/{report}/affected", {"device": device})
    with counting_queries() as seen:
        await friday(clock, mailing, erin, "fuxi", "umi")
    asked = [one for one in seen if "(d.codename, b.version) IN" in one]
    assert len(mail_server.letters) == 3
    assert len(asked) == 1
    assert all("/v/" in letter.part("html") for letter in mail_server.letters)


async def test_quiet_hours_hold_a_mail_back(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
) -> None:
    await hears_by_mail(cast.alice, mailing, clock)
    await door.execute(
        "INSERT INTO preferences (person, kinds, quiet_from, quiet_to, fridays_only, inbox_only,"
        " changed_at) VALUES ($1, '{}', '09:00', '11:00', false, false, $2)",
        cast.alice.id,
        clock.now,
    )
    await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
    await schedule.tick(mailing, clock.now)
    assert mail_server.letters == [], "it is ten o'clock"
    await schedule.tick(mailing, clock.now + timedelta(hours=1))
    assert len(mail_server.letters) == 1

"""The page that shows what would be mailed, for whoever works on the mails."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock, reaching
from tests.doing import ask, file, fix, friday, propose, words
from tracker.app import create_app
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def test_every_notice_as_a_mail(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    await ask(erin, await file(bob, device="umi", title="Alarm"), "Which alarm?")
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    app = create_app(replace(settings, debug=True), clock=clock, schedule=False)
    async with httpx.AsyncClient(transport=reaching(app), base_url=settings.base_url) as client:
        shown = (await client.get("/dev/mail", headers={"Accept-Language": "en"})).text
        read = words(shown)
        assert read.index("你的反馈解决了") < read.index("An engineer needs one thing"), (
            "newest first"
        )
        assert "/v/" in read
        first, second = map(unescape, re.findall(r'<iframe[^>]* src="([^"]+)"', shown))
        mail = await client.get(first)
        assert "frame-ancestors 'self'" in mail.headers["content-security-policy"]
        assert "你的反馈解决了" in mail.text
        assert "Answer" in (await client.get(second)).text
        english = (await client.get(first.replace("language=zh", "language=en"))).text
        assert "Your report is fixed" in english
        both = words((await client.get("/dev/mail?language=en&person=alice")).text)
        assert "Your report is fixed" in both
        assert "Alarm" not in both
        assert (await client.get("/dev/mail/999")).status_code == 404
    assert (await browser_of("ada").get("/dev/mail")).status_code == 404, "only in debug"

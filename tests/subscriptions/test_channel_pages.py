"""The page of each channel: there for everybody, and honest where the server cannot send that way."""

from __future__ import annotations

import pytest

from tests.cast import BrowserOf
from tests.deliveries.far_side import hears
from tests.doing import words
from tracker import database
from tracker.channels.base import ROBOTS, ChannelName

PAGE = "/settings/notices"


async def test_each_channel_is_there_and_says_what_is_on(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    page = await alice.see(PAGE)
    for channel in set(ChannelName) - set(ROBOTS):
        assert f'href="{PAGE}/{channel}"' in page
        assert "通知设置" in words(await alice.see(f"{PAGE}/{channel}"))
    await hears("alice", ChannelName.NTFY)
    page = words(await alice.see(PAGE))
    assert "公共的和自己的服务器都可以 已开" in page
    # Mail and Mi Push need a server of an admin's.
    assert page.count("没有 ") >= 2
    assert page.count("本站未开通") == 2


@pytest.mark.parametrize("name", [*ROBOTS, "fax", "NTFY"])
async def test_what_is_no_channel_of_people_is_nothing(browser_of: BrowserOf, name: str) -> None:
    alice = browser_of("alice")
    assert (await alice.get(f"{PAGE}/{name}")).status_code == 404
    assert (await alice.submit(f"{PAGE}/{name}", {"url": "https://example.com"})).status_code == 404


async def test_what_is_not_set_up_is_said_to_whom_it_concerns(browser_of: BrowserOf) -> None:
    page = words(await browser_of("alice").see(f"{PAGE}/mipush"))
    assert "这台服务器还不能这样发通知，管理员设置好之后就可以" in page
    assert "TRACKER_" not in page
    assert "TRACKER_MIPUSH" in words(await browser_of("ada").see(f"{PAGE}/mipush"))


async def test_places_of_others_are_nothing(browser_of: BrowserOf) -> None:
    place = await hears("bob", ChannelName.EMAIL, name="bob@example.com")
    alice = browser_of("alice")
    assert "bob@example.com" not in await alice.see(f"{PAGE}/email")
    for act in ("test", "removal"):
        assert (await alice.submit(f"{PAGE}/email/{place}/{act}")).status_code == 404
        # Nor is it found under another channel by its owner.
        wrong = f"{PAGE}/webhook/{place}/{act}"
        assert (await browser_of("bob").submit(wrong)).status_code == 404
    assert "bob@example.com" in await browser_of("bob").see(f"{PAGE}/email")


@pytest.mark.parametrize("channel", [ChannelName.WEBHOOK, ChannelName.NTFY])
async def test_a_place_whose_address_is_incomplete_can_still_be_removed(
    browser_of: BrowserOf, channel: ChannelName
) -> None:
    """Such a row comes from a repair by hand; its owner must not be locked out of the page."""
    place = await hears("alice", channel, name="my server")
    await database.execute("UPDATE subscriptions SET address = '{}' WHERE id = $1", place)
    alice = browser_of("alice")
    assert "my server" in words(await alice.see(f"{PAGE}/{channel}"))
    assert (await alice.submit(f"{PAGE}/{channel}/{place}/removal")).status_code == 303
    assert "my server" not in words(await alice.see(f"{PAGE}/{channel}"))

"""A webhook and an ntfy topic on a phone: long addresses and secrets fit, and can be copied."""

from __future__ import annotations

import pytest

from tests.browser.phones import PhoneOf
from tests.browser.test_layout import AXE, LOOK, WCAG
from tests.browser.town import Town

pytestmark = pytest.mark.browser

LONG = "https://automation.example.com/hooks/" + "0123456789abcdef" * 8


@pytest.mark.parametrize(
    ("channel", "label", "typed", "shown"),
    [
        ("webhook", "地址", LONG, "whsec_"),
        ("ntfy", "主题", "https://ntfy.example.com/" + "k7Qx2-" * 10, "ntfy.example.com"),
    ],
)
async def test_it_fits(
    town: Town, phone_of: PhoneOf, channel: str, label: str, typed: str, shown: str
) -> None:
    alice = await phone_of("alice", at=town.address)
    assert await alice.open(f"/settings/notices/{channel}") == 200
    await alice.page.get_by_label(label).fill("http://10.0.0.7/")
    assert await alice.send("添加") == 422
    assert await alice.page.get_by_label(label).input_value() == "http://10.0.0.7/"
    await alice.page.get_by_label(label).fill(typed)
    assert await alice.send("添加") == 200
    text = await alice.text()
    assert shown in text
    assert typed in text
    assert "发一条测试" in text
    await alice.signals(AXE.read_text("utf-8"))
    assert await alice.signals(LOOK, ["zh", WCAG]) == []
    assert [trouble for trouble in alice.troubles if "422" not in trouble] == []

"""With the keyboard alone: every stop is seen, in the order of the page, and nothing hides it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from playwright.async_api import expect

from tests.browser.phones import Phone, PhoneOf

pytestmark = pytest.mark.browser

MANY = 80
"""More stops than any page has before its last."""

PAGES = (
    *("/", "/reports", "/reports/new", "/settings", "/releases"),
    *("/settings/notices", "/settings/notices/webhook", "/notices/why"),
)

# What has the focus; for a control that is drawn by its label, the label's place and outline.
_FOCUSED = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const drawn = [it, ...(it.labels ?? [])].filter((one) => one.getClientRects().length);
    const outlined = drawn.flatMap((one) => [one, ...one.querySelectorAll("*")]).some((one) => {
        const style = getComputedStyle(one);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    const box = drawn.at(-1).getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const top = document.elementFromPoint(x, y);
    const bar = it.closest(".submit-bar") !== null;
    return {
        name: it.name || "",
        tag: it.tagName.toLowerCase(),
        text: (it.innerText || it.labels?.[0]?.innerText || "").trim(),
        href: it.getAttribute("href") || "",
        outlined,
        reached: top !== null && drawn.some((one) => one.contains(top) || top.contains(one)),
        y: bar ? 1e9 : box.y + scrollY,
        main: it.closest("main") !== null,
    };
}"""


class Stop(msgspec.Struct, frozen=True):
    """Where the focus is. `reached`: nothing lies on top of it. `y` counts from the page's top."""

    name: str
    tag: str
    text: str
    href: str
    outlined: bool
    reached: bool
    y: float
    main: bool


async def stops(phone: Phone) -> AsyncIterator[Stop]:
    """Press Tab, again and again, until the page has been gone through."""
    for _ in range(MANY):
        await phone.page.keyboard.press("Tab")
        found = await phone.signals(_FOCUSED)
        if found is None:
            return
        yield msgspec.convert(found, Stop)
    pytest.fail("the focus never leaves the page")


async def tab_to(phone: Phone, name: str) -> Stop:
    async for stop in stops(phone):
        assert stop.outlined, f"the focus on {stop} cannot be seen"
        assert stop.reached, f"something hides {stop}"
        if stop.name == name or (not stop.name and stop.text == name):
            return stop
    pytest.fail(f"{name} is not reached with the keyboard")


async def test_skipping_to_the_page(phone_of: PhoneOf) -> None:
    alice = await phone_of("alice")
    await alice.open("/reports")
    stop = await tab_to(alice, "跳到正文")
    await expect(alice.page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    assert stop.href == "#page"
    await alice.page.keyboard.press("Enter")
    await alice.page.keyboard.press("Tab")
    assert (await alice.signals(_FOCUSED))["main"], "the frame's links are passed over"


async def test_filing_a_report(phone_of: PhoneOf) -> None:
    alice = await phone_of("alice")
    keyboard = alice.page.keyboard
    await alice.open("/reports/new")
    await tab_to(alice, "device")
    await tab_to(alice, "kind")
    await tab_to(alice, "module")
    await keyboard.press("Space")
    await keyboard.press("ArrowRight")
    await tab_to(alice, "title")
    await keyboard.type("Wi-Fi 连上后马上断开")
    await tab_to(alice, "steps")
    await keyboard.type("一")
    await keyboard.press("Enter")
    await keyboard.type("二")
    await tab_to(alice, "frequency")
    await keyboard.press("ArrowLeft")
    await tab_to(alice, "severity")
    await tab_to(alice, "private")
    await keyboard.press("Space")
    await tab_to(alice, "提交反馈")
    async with alice.page.expect_navigation():
        await keyboard.press("Enter")
    assert alice.path.startswith("/reports/R-")
    text = await alice.text()
    assert "Wi-Fi 连上后马上断开" in text
    assert "经常" in text
    assert "只给官方看" in text


@pytest.mark.parametrize("path", PAGES)
async def test_the_order_of_the_page(phone_of: PhoneOf, path: str) -> None:
    """Every stop within the page is below the one before, or beside it; all of them are seen."""
    alice = await phone_of("alice")
    await alice.open(path)
    before = 0.0
    async for stop in stops(alice):
        assert stop.outlined, f"the focus on {stop} cannot be seen"
        assert stop.reached, f"something hides {stop}"
        if stop.main:
            assert stop.y >= before - 60, f"{stop} comes too late"
            before = stop.y

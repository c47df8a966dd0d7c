"""A browser, phones in it, and a server with the sample programme."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.phones import FLAGS, HEIGHT, WIDTH, Phone, PhoneOf, find_chromium
from tests.browser.town import town
from tests.programme import copy_data
from tests.running.commands import Serving, Tracker
from tracker.sample import PASSWORD

__all__ = ["town"]

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember what failed, so that its pages are kept as pictures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def programme(data_with_programme: Path) -> Iterator[Serving]:
    """A server with the sample programme, without its clock; tests here add to it, no more."""
    with tempfile.TemporaryDirectory(prefix="orange-friday-") as directory:
        place = Path(directory)
        # As root, the database runs as another user, who has to get through to its data.
        place.chmod(0o711)
        tracker = Tracker(place / "data")
        copy_data(data_with_programme, tracker.data)
        serving = tracker.serve("--no-schedule")
        try:
            yield serving
        finally:
            assert serving.stop() == 0, tracker.log


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        program = find_chromium(playwright)
        if program is None:
            pytest.skip(
                "no Chromium: neither the system has one, nor could Playwright download its own"
                " (playwright install chromium)"
            )
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def phone_of(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[PhoneOf]:
    """`phone_of("alice")` is signed in, `phone_of(None)` is anybody's.

    `at` is the address of another server than the one of `programme`. After a test that failed,
    the page each phone shows is in a file, named on standard error.
    """
    phones: list[Phone] = []

    async def make(
        handle: str | None,
        *,
        language: str = "zh",
        javascript: bool = True,
        at: str | None = None,
    ) -> Phone:
        address = at or request.getfixturevalue("programme").address
        context = await chromium.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            locale={"zh": "zh-CN", "en": "en-GB"}[language],
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            has_touch=True,
            reduced_motion="reduce",
        )
        phone = Phone(address, context, await context.new_page())
        phones.append(phone)
        if handle is not None:
            await phone.sign_in(handle, PASSWORD)
            await phone.read_in(language)
        return phone

    yield make
    if request.node.stash.get(FAILED, False):
        kept = Path(tempfile.gettempdir(), f"orange-friday-screens-{os.getpid()}")
        kept.mkdir(exist_ok=True)
        for number, phone in enumerate(phones, start=1):
            file = kept / f"{request.node.name.translate(str.maketrans('/[]', '---'))}-{number}.png"
            await phone.page.screenshot(path=file, full_page=True)
            sys.stderr.write(f"{phone.page.url} as it was: {file}\n")
    for phone in phones:
        await phone.context.close()

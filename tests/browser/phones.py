"""A tester's phone: a page of a real Chromium, 360 × 740, and what went wrong in it.

alice = await phone_of("alice")                 # signed in through the page for it
somebody = await phone_of(None, javascript=False, language="en")
assert await alice.open("/reports") == 200
await alice.page.get_by_label("一句话说清楚").fill("打开相机后闪退")
await alice.send("提交反馈")                     # touches the button, waits for the next page
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Playwright,
    Response,
)

WIDTH, HEIGHT = 360, 740
LONGEST = 15_000
"""Milliseconds that one step may take on a busy machine."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium(playwright: Playwright) -> str | None:
    """The system's Chromium, else the one that Playwright has downloaded, else nothing."""
    for name in ("chromium", "chromium-browser"):
        if found := shutil.which(name):
            return found
    downloaded = playwright.chromium.executable_path
    return downloaded if Path(downloaded).exists() else None


@dataclass
class Phone:
    address: str
    context: BrowserContext
    page: Page
    troubles: list[str] = field(default_factory=list)
    """What the console complained of, and what the server failed at."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(LONGEST)
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._fail)
        self.page.on("response", self._look)

    def _hear(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 422 is said in the console too; the tests ask for those.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _fail(self, problem: Error) -> None:
        self.troubles.append(f"{self.page.url}: {problem.message}")

    def _look(self, response: Response) -> None:
        wanted = response.request.resource_type != "document"
        if response.status >= 500 or (wanted and response.status >= 400):
            self.troubles.append(f"{response.url}: {response.status}")

    async def open(self, path: str) -> int:
        """Go there, following redirects; the status of the page that answers in the end."""
        address = path if path.startswith("http") else self.address + path
        response = await self.page.goto(address)
        assert response is not None
        return response.status

    @property
    def path(self) -> str:
        """Where it is, with the query."""
        return self.page.url.removeprefix(self.address)

    async def sign_in(self, handle: str, password: str) -> None:
        await self.open("/signin")
        await self.page.locator("input[name=handle]").fill(handle)
        await self.page.locator("input[name=password]").fill(password)
        await self._follow(self.page.locator("main form button").first)
        assert "/signin" not in self.path, await self.text()

    async def send(self, button: str, *, within: Locator | None = None) -> int:
        """Touch a form's button by its words; the status of the page that comes of it."""
        place = within if within is not None else self.page.get_by_role("main")
        return await self._follow(place.get_by_role("button", name=button, exact=True))

    async def touch(self, link: str) -> int:
        """Touch a link of the page by its words; the status of where it leads."""
        main = self.page.get_by_role("main")
        return await self._follow(main.get_by_role("link", name=link, exact=True).first)

    async def read_in(self, language: str) -> None:
        """Change the language with the button at the top, unless it is that one already."""
        if await self.page.locator("html").get_attribute("lang") != language:
            await self._follow(self.page.locator(f"header button[name=language][value={language}]"))

    async def _follow(self, target: Locator) -> int:
        async with self.page.expect_navigation() as navigation:
            await target.click()
        response = await navigation.value
        # Forms answer with a redirect; the page that it leads to is what somebody sees.
        assert response is not None
        return response.status

    async def choose(self, question: str, answer: str) -> None:
        """Touch one of the chips under a question."""
        group = self.page.get_by_role("group", name=question)
        await group.locator("label").filter(has_text=answer).click()

    async def text(self) -> str:
        """What the page says, without the frame around it."""
        return await self.page.get_by_role("main").inner_text()

    async def unread(self) -> int:
        """What the count beside the notices says; 0 where there is none."""
        count = self.page.locator("nav.places .count")
        return int((await count.inner_text()).split()[-1]) if await count.count() else 0

    async def signals(self, script: str, argument: Any = None) -> Any:
        """What a script finds out about the page."""
        return await self.page.evaluate(script, argument)


class PhoneOf(Protocol):
    async def __call__(
        self,
        handle: str | None,
        *,
        language: str = "zh",
        javascript: bool = True,
        at: str | None = None,
    ) -> Phone: ...

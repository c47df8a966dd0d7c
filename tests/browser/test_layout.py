"""Every page of the sample programme, at 360 px: fits, says what it is, and reads well to all.

The pages are found as somebody finds them: by following every kind of link from the first page on.
A link that leads nowhere fails too.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.links import verification_links
from tests.browser.phones import Phone, PhoneOf
from tracker.reports.tables import Status

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"

# Of each kind of page so many: reports in every status, of the rest two, one where a captain
# sees what an engineer has seen.
MANY, REPORTS = 2, 9

STARTS = ("/", "/releases", *(f"/reports?status={status.value}" for status in Status))

_LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.href)"

LOOK = """async ([language, rules]) => {
    const faults = [];
    const all = (what) => [...document.querySelectorAll(what)];
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) {
        const culprit = all("main *").find((one) => one.getBoundingClientRect().right > innerWidth + 1);
        faults.push(`${wide} px too wide: ${culprit?.outerHTML.slice(0, 120)}`);
    }
    if (all("h1").length !== 1) faults.push(`${all("h1").length} h1`);
    if (document.documentElement.lang !== language) faults.push(`lang ${document.documentElement.lang}`);
    if (!document.title.trim()) faults.push("no title");
    for (const field of all("input:not([type=hidden], [hidden]), select, textarea"))
        if (!field.labels.length && !field.ariaLabel) faults.push(`no label: ${field.outerHTML.slice(0, 120)}`);
    const type = rules[0].startsWith("wcag") ? "tag" : "rule";
    const found = await axe.run(document, {runOnly: {type, values: rules}, resultTypes: ["violations"], preload: false});
    for (const fault of found.violations)
        for (const node of fault.nodes.slice(0, 3))
            faults.push(`${fault.id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`);
    return faults;
}"""


def kind_of(path: str) -> str:
    """Pages that differ in a number or a name alone are of one kind."""
    parts = urlsplit(path)
    place = re.sub(r"(?<=/)(R-\d+|P-\d+|[\d-]{10}|\d+(?=$))", "#", parts.path)
    place = re.sub(r"^(/devices|/join)/[^/]+", r"\1/#", place)
    place = re.sub(r"(?<=/builds/).+", "#", place)
    place = re.sub(r"(?<=^/desk/rules/)[^/]+|(?<=^/desk/replies/)[^/]+", "#", place)
    return place + "".join(sorted(re.findall(r"(?<=[?&])\w+=", "?" + parts.query)))


def is_page(path: str) -> bool:
    """Not a file, nor one of the thousands of ways to set two filters at once."""
    parts = urlsplit(path)
    return (
        path.startswith("/")
        and not parts.path.endswith((".md", ".json", ".atom"))
        and parts.query.count("=") < 2
    )


async def every_page(phone: Phone, *, briefly: bool = False) -> AsyncIterator[tuple[str, int]]:
    """Open one page after the other; of each kind a few, no two of them found on the same page."""
    starts = STARTS[:2] if briefly else STARTS
    waiting = deque(starts)
    seen = set(waiting)
    kinds: Counter[str] = Counter(map(kind_of, waiting))
    while waiting:
        path = waiting.popleft()
        status = await phone.open(path)
        yield path, status
        here: set[str] = set()
        for link in await phone.signals(_LINKS):
            path = link.removeprefix(phone.address).partition("#")[0]
            kind = kind_of(path)
            most = 1 if briefly or "=" in kind else REPORTS if kind == "/reports/#" else MANY
            if briefly and "=" in kind:
                continue
            if not is_page(path) or path in seen or kind in here or kinds[kind] >= most:
                continue
            here.add(kind)
            seen.add(path)
            kinds[kind] += 1
            waiting.append(path)


async def look_at_all(phone: Phone, language: str, rules: list[str], *, briefly: bool) -> int:
    """Every page, held against what must be true of a page and against rules of axe's.

    Returns how many there were.
    """
    await phone.context.add_init_script(path=AXE)
    faults: list[str] = []
    pages = 0
    async for path, status in every_page(phone, briefly=briefly):
        pages += 1
        if status != 200:
            faults.append(f"{path}: {status}")
        faults += [f"{path}: {fault}" for fault in await phone.signals(LOOK, [language, rules])]
    assert not faults, "\n".join(faults)
    assert phone.troubles == []
    return pages


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.mark.parametrize(("handle", "briefly"), [("alice", False), ("erin", False), ("cai", True)])
async def test_pages_in_chinese(phone_of: PhoneOf, handle: str, briefly: bool) -> None:
    assert await look_at_all(await phone_of(handle), "zh", WCAG, briefly=briefly) > 12


@pytest.mark.parametrize("handle", ["alice", "erin", "cai"])
async def test_pages_in_english(phone_of: PhoneOf, handle: str) -> None:
    """Longer words must fit; what does not depend on the language has been looked at."""
    phone = await phone_of(handle, language="en")
    assert await look_at_all(phone, "en", ["label", "html-has-lang"], briefly=True) > 12


async def test_the_page_behind_a_link(phone_of: PhoneOf) -> None:
    """No page leads there: it comes by mail."""
    link = next(iter((await verification_links(await phone_of("bob", language="en"))).values()))
    somebody = await phone_of(None)
    await somebody.context.add_init_script(path=AXE)
    assert await somebody.open(link) == 200
    assert await somebody.signals(LOOK, ["en", WCAG]) == []
    assert await somebody.send("Can’t tell") == 200
    assert await somebody.signals(LOOK, ["en", WCAG]) == []
    assert somebody.troubles == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_pages_for_everybody(phone_of: PhoneOf, language: str) -> None:
    assert await look_at_all(await phone_of(None, language=language), language, WCAG, briefly=True)


async def test_contrast_in_the_dark(phone_of: PhoneOf) -> None:
    erin = await phone_of("erin")
    await erin.page.emulate_media(color_scheme="dark")
    await look_at_all(erin, "zh", ["color-contrast"], briefly=True)

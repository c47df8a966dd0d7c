"""The team gives a report to somebody, and labels it, on its page: on a phone, without scripts."""

from __future__ import annotations

import re

import pytest

from tests.cast import ApiOf, BrowserOf
from tests.doing import file, ok, stored, words

pytestmark = pytest.mark.usefixtures("world")


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found, "the page says what it shows"
    return found[1]


async def test_giving_it_to_somebody_and_back_to_its_module(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report, cai = await file(browser_of("alice")), browser_of("cai")
    page = await cai.see(f"/reports/{report}")
    assert re.search(r'<option value="cai" selected>', page)
    form = {"owner": "erin", "to": "person", "seen": seen(page)}
    page = await cai.see_after(await cai.submit(f"/reports/{report}/owner", form))
    assert "负责人定好了。" in words(page)
    assert re.search(r'<option value="erin" selected>', page)
    assert (await stored(api_of("erin"), report))["owner"] == "erin"
    page = await cai.see_after(
        await cai.submit(f"/reports/{report}/owner", {"owner": "erin", "to": "module"})
    )
    assert (await stored(api_of("erin"), report))["owner"] == "cai", "its module has nobody"
    answer = await cai.submit(f"/reports/{report}/owner", {"owner": "alice", "to": "person"})
    assert answer.status_code == 422
    assert "团队里没有「alice」" in answer.text


async def test_what_somebody_else_decided_meanwhile_is_shown_not_written_over(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report, cai = await file(browser_of("alice")), browser_of("cai")
    before = seen(await cai.see(f"/reports/{report}"))
    await ok(await api_of("ada").put(f"reports/{report}/owner", json={"owner": "ada"}))
    form = {"owner": "erin", "to": "person"}
    answer = await cai.submit(f"/reports/{report}/owner", {**form, "seen": before})
    assert answer.status_code == 412
    assert f"{report} 在你看过之后有变化" in words(answer.text)
    assert re.search(r'<option value="erin" selected>', answer.text), "nothing chosen is lost"
    assert (await stored(api_of("cai"), report))["owner"] == "ada"
    again = await cai.submit(f"/reports/{report}/owner", {**form, "seen": seen(answer.text)})
    assert again.status_code == 303
    assert (await stored(api_of("cai"), report))["owner"] == "erin"
    for odd in ("9" * 5000, "-1", "x"):
        answer = await cai.submit(f"/reports/{report}/owner", {**form, "seen": odd})
        assert answer.status_code == 303


async def test_labelling_it(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report, erin = await file(browser_of("alice")), browser_of("erin")
    page = await erin.see_after(
        await erin.submit(f"/reports/{report}/labels", {"label": " Overheating "})
    )
    assert 'href="/reports?label=overheating"' in page
    assert "Labelled." in words(page)
    refused = await erin.submit(f"/reports/{report}/labels", {"label": "很 热"})
    assert refused.status_code == 422
    assert 'value="很 热"' in refused.text
    assert 'href="#f-label"' in refused.text
    page = await erin.see_after(
        await erin.submit(f"/reports/{report}/labels/removal", {"label": "overheating"})
    )
    assert 'href="/reports?label=overheating"' not in page
    assert (await stored(api_of("erin"), report))["labels"] == []


async def test_testers_have_none_of_it(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice = browser_of("alice")
    report = await file(alice)
    await ok(await api_of("erin").put(f"reports/{report}/labels/overheating"))
    page = await alice.see(f"/reports/{report}")
    for word in ("overheating", "/owner", "/labels", "负责人和标签"):
        assert word not in page, word
    for path, form in (
        ("owner", {"owner": "erin"}),
        ("labels", {"label": "mine"}),
        ("labels/removal", {"label": "overheating"}),
    ):
        answer = await alice.submit(f"/reports/{report}/{path}", form)
        assert answer.status_code == 403, path
        assert "overheating" not in answer.text
    found = await stored(api_of("erin"), report)
    assert (found["owner"], found["labels"]) == ("cai", ["overheating"])

"""The post for the owner of one model, and as data."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.cast import ApiOf, Browser, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, ok, words
from tests.releases.program import publish_friday
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

POST = f"/releases/{FRIDAY}"


@pytest_asyncio.fixture(autouse=True)
async def _published(api_of: ApiOf, clock: Clock, settings: Settings, world: None) -> None:
    await publish_friday(api_of("erin"), clock, settings)


@pytest.fixture
def erin(api_of: ApiOf) -> httpx.AsyncClient:
    return api_of("erin")


@pytest.fixture
def visitor(browser_of: BrowserOf) -> Browser:
    return browser_of(None)


async def test_only_its_build_and_its_lines(visitor: Browser) -> None:
    page = words(await visitor.see(f"{POST}?model=umi"))
    assert "只看小米 10 的更新 看全部 5 个机型" in page
    assert "小米 10 26.11.27 17:00 已发车" in page
    assert "更新内容 4" in page
    assert "防闪烁模式" in page
    assert "（" not in page.partition("更新内容")[2].partition("上一期")[0], "nothing for others"
    assert "捷径卡片丢失" not in page, "for 小米 13 alone"
    for other in ("小米 13", "小米 9", "Redmi Note 12 Turbo"):
        assert other not in page
    english = words(
        (await visitor.get(f"{POST}?model=umi", headers={"Accept-Language": "en"})).text
    )
    assert "Only what is for Xiaomi 10 All 5 models" in english


async def test_it_is_chosen_by_a_form_that_needs_no_script(
    visitor: Browser, browser_of: BrowserOf
) -> None:
    page = await visitor.see(POST)
    assert f'<form class="for-model" method="get" action="{POST}">' in page
    assert page.count("<option") == 1 + 5
    everything = await visitor.get(f"{POST}?model=")
    assert everything.text == page, "nothing chosen"
    alice = await browser_of("alice").see(POST)
    assert '<a class="button" href="?model=fuxi">只看你的小米 13</a>' in alice
    assert alice.index("?model=fuxi") < alice.index('<option value="fuxi">')
    assert alice.index('<option value="fuxi">') < alice.index('<option value="marble">')
    assert "只看你的" not in page


async def test_one_that_is_late_says_so(visitor: Browser) -> None:
    page = words(await visitor.see(f"{POST}?model=equuleus"))
    assert "小米 8 26.11.27 ––:–– 时间未定 晚点 因处理屏幕闪烁问题延迟发布" in page
    assert "这个版本还没发出，下面的更新到时一起来。" in page
    assert "更新内容 3" in page


async def test_a_line_taken_back_for_another_model_stands(
    visitor: Browser, erin: httpx.AsyncClient
) -> None:
    body = {"reason": "会闪屏", "models": ["umi"]}
    await ok(await erin.request("DELETE", "proposals/P-2/fix", json=body))
    taken = await visitor.see(f"{POST}?model=umi")
    assert "<del>防闪烁模式</del>" in taken
    assert "发出以后更正了 1 条： 防闪烁模式" in words(taken)
    stands = await visitor.see(f"{POST}?model=fuxi")
    assert "防闪烁模式" in stands
    assert "更正" not in words(stands)
    whole = await visitor.see(POST)
    assert "<del>" not in whole, "it still holds for others"
    [entry] = re.findall(r'更正了 1 条：<a href="#(entry-\d+)">', whole)
    assert f'id="{entry}"' in whole


async def test_a_model_that_is_not_in_it(visitor: Browser) -> None:
    answer = await visitor.get(f"{POST}?model=nonsense")
    assert answer.status_code == 404
    assert "这一期没有这个机型的版本" in answer.text


async def test_the_same_as_data_for_everybody(
    visitor: Browser, erin: httpx.AsyncClient, settings: Settings
) -> None:
    page = await visitor.see(POST)
    assert page.count(f'href="{POST}.json"') == 2, "in the head and at the foot"
    answer = await visitor.get(f"{POST}.json")
    assert answer.headers["content-type"].startswith("application/json")
    found: dict[str, Any] = answer.json()
    assert found["url"] == f"{settings.base_url}{POST}"
    assert found["figures"] == {"changes": 5, "models": 3, "reports": 0, "testers": 0}
    assert (found["previous"], found["next"]) == (None, None)
    assert found["updated_at"] == found["published_at"]
    assert [entry["zh"] for entry in found["entries"]][:2] == [
        "息屏时偶现指纹无法解锁",
        "新增 防闪烁模式",
    ]
    late = [build for build in found["builds"] if build["delayed"]]
    assert {build["device"] for build in late} == {"equuleus", "marble"}
    whole = await ok(await erin.get(f"releases/{FRIDAY}"))
    assert found["entries"] == whole["entries"], "what the API says of it"
    assert {build["version"] for build in found["builds"]} == {BUILD}
    assert (await visitor.get("/releases/2026-12-04.json")).status_code == 404

"""The post as Markdown, in the shape of a real Friday post."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import FRIDAY, fix, ok, propose
from tests.releases.program import publish_friday
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

CHINESE = """\
# 橙色星期五 2026-11-27

## 发布时间

11 月 27 日（周五），部分机型延迟发布

## 重要说明

- Redmi Note 12 Turbo、小米 8 因处理屏幕闪烁问题延迟发布

## 锁屏、状态栏、通知栏

- **修复** 息屏时偶现指纹无法解锁

## 设置

- **新增** 防闪烁模式（小米 13、小米 10）

## 小爱同学

- **新增** 语音开启省电模式
- **优化** 人脸解锁下的交互体验
- **修复** 捷径卡片丢失（小米 13）
"""

ENGLISH = """\
# Orange Friday 2026-11-27

## Published

Friday, 27 November; some models come later

## Important

- Redmi Note 12 Turbo, Xiaomi 8: screen flicker is being put right

## Lockscreen, status bar, Notification shade

- **Fix** Fingerprint with the screen off

## Settings

- **New** Flicker-free mode (Xiaomi 13, Xiaomi 10)

## XiaoAI

- **New** Power saving by voice
- **Optimization** Face unlock
- **Fix** Shortcut cards were lost (Xiaomi 13)
"""


@pytest.fixture(autouse=True)
async def _published(api_of: ApiOf, clock: Clock, settings: Settings, world: None) -> None:
    await publish_friday(api_of("erin"), clock, settings)


@pytest.mark.parametrize(("language", "post"), [("zh", CHINESE), ("en", ENGLISH)])
async def test_it_reads_as_a_friday_post_does(
    browser_of: BrowserOf, language: str, post: str
) -> None:
    answer = await browser_of(None).get(f"/releases/{FRIDAY}.md?lang={language}")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text == post


async def test_whoever_accepts_it_gets_it_in_their_language(browser_of: BrowserOf) -> None:
    visitor = browser_of(None)
    accept = {"Accept": "text/markdown", "Accept-Language": "en"}
    answer = await visitor.get(f"/releases/{FRIDAY}", headers=accept)
    assert answer.text == ENGLISH
    assert "Accept" in answer.headers["vary"]
    page = await visitor.get(f"/releases/{FRIDAY}", headers={"Accept": "text/html, text/markdown"})
    assert page.headers["content-type"].startswith("text/html")
    assert (await browser_of("bob").get(f"/releases/{FRIDAY}.md")).text == ENGLISH


async def test_a_line_taken_back_is_struck_or_named_for_its_models(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    erin = api_of("erin")
    whole, part = {"reason": "会丢卡片"}, {"reason": "会闪屏", "models": ["umi"]}
    await ok(await erin.request("DELETE", "proposals/P-5/fix", json=whole))
    await ok(await erin.request("DELETE", "proposals/P-2/fix", json=part))
    post = (await browser_of(None).get(f"/releases/{FRIDAY}.md?lang=zh")).text
    assert "- ~~**修复** 捷径卡片丢失（小米 13）~~ **更正**：会丢卡片\n" in post
    assert "- **新增** 防闪烁模式（小米 13、小米 10） **更正**（小米 10）：会闪屏\n" in post


async def test_what_people_typed_is_no_markup(browser_of: BrowserOf, api_of: ApiOf) -> None:
    erin = api_of("erin")
    wild = {"zh": "<b>粗</b> [链接](http://x) *星*", "en": "# x\n\n## y"}
    proposal = await propose(erin, module="system", title="x", changelog=wild)
    await fix(erin, proposal)
    body = {"ring": "closed", "release": FRIDAY}
    await ok(await erin.put("builds/marble/26.11.27", json=body))
    post = (await browser_of(None).get(f"/releases/{FRIDAY}.md?lang=zh")).text
    assert r"\<b\>粗\</b\> \[链接\](http://x) \*星\*" in post
    post = (await browser_of(None).get(f"/releases/{FRIDAY}.md?lang=en")).text
    assert r"- **Fix** \# x \#\# y" in post

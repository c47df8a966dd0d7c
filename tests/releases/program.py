"""A Friday with five modules and late models, in the shape of a real post."""

from __future__ import annotations

from datetime import datetime

import httpx

from tests.cast import Clock
from tests.doing import BUILD, FRIDAY, fix, ok, propose
from tracker import database as door
from tracker import schedule
from tracker.settings import Settings

_MORE = """
INSERT INTO device_models (codename, name_zh, name_en, aliases, source) VALUES
    ('cepheus', '小米 9', 'Xiaomi 9', '{}', ''), ('equuleus', '小米 8', 'Xiaomi 8', '{}', ''),
    ('marble', 'Redmi Note 12 Turbo', 'Redmi Note 12 Turbo', '{}', '');
INSERT INTO modules (slug, name_zh, name_en, owner, position) VALUES
    ('settings', '设置', 'Settings', NULL, 5), ('xiaoai', '小爱同学', 'XiaoAI', NULL, 6);
"""

# module, kind, Chinese, English, models: engineers write the tag themselves or leave it out.
LINES = (
    ("xiaoai", "optimization", "优化人脸解锁下的交互体验", "Optimized: face unlock", ()),
    ("settings", "new", "新增 防闪烁模式", "New: flicker-free mode", ("fuxi", "umi")),
    ("lockscreen", "fix", "息屏时偶现指纹无法解锁", "Fix - fingerprint with the screen off", ()),
    ("xiaoai", "new", "语音开启省电模式", "Power saving by voice", ()),
    ("xiaoai", "fix", "修复：捷径卡片丢失", "Shortcut cards were lost", ("fuxi",)),
)
LATE = {
    "equuleus": ("因处理屏幕闪烁问题延迟发布", "screen flicker is being put right"),
    "marble": ("因处理屏幕闪烁问题延迟发布", "screen flicker is being put right"),
}


async def write_lines(erin: httpx.AsyncClient) -> None:
    """The proposals of LINES, done for their models."""
    await door.execute(_MORE)
    for module, kind, zh, en, models in LINES:
        changelog = {"zh": zh, "en": en}
        proposal = await propose(erin, module=module, kind=kind, title=zh, changelog=changelog)
        await fix(erin, proposal, *models)


async def load_train(erin: httpx.AsyncClient) -> None:
    """Three models in time for FRIDAY, two that are late."""
    for codename in ("fuxi", "umi", "cepheus", *LATE):
        body: dict[str, object] = {"ring": "closed", "release": FRIDAY}
        if codename in LATE:
            body["delayed"] = dict(zip(("zh", "en"), LATE[codename], strict=True))
        await ok(await erin.put(f"builds/{codename}/{BUILD}", json=body))


async def leave(clock: Clock, settings: Settings) -> None:
    clock.set(datetime.fromisoformat(f"{FRIDAY}T17:00:00+08:00"))
    await schedule.tick(settings, clock.now)


async def publish_friday(erin: httpx.AsyncClient, clock: Clock, settings: Settings) -> None:
    await write_lines(erin)
    await load_train(erin)
    await leave(clock, settings)

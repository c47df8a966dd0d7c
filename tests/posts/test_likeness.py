"""A Friday as people know it, filed here, reads as it did."""

from __future__ import annotations

from pathlib import Path

from tests.cast import ApiOf, BrowserOf, Clock
from tests.likeness.filing import file_post, possible
from tests.likeness.reading import markdown, original
from tracker.settings import Settings

FILE = Path(__file__).parent.parent / "data" / "friday_zh.txt"


async def test_a_post_reads_like_the_original(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    """Sections and their order, notes, late models and why, tags, lines, models in brackets."""
    wanted = original(FILE.read_text())
    assert possible(wanted) == wanted, "late models are not in brackets"
    assert [len(lines) for lines in wanted.modules.values()] == [1, 3, 2, 2]
    assert len(wanted.late) == 2
    post = await file_post(wanted, api_of, browser_of, clock, settings)
    assert markdown(post).told() == wanted.told()
    sections = [line.removeprefix("## ") for line in post.splitlines() if line.startswith("## ")]
    assert sections == ["发布时间", "重要说明", *wanted.modules]
    assert "- 小米 9 因处理息屏后偶现重启问题延迟发布公测\n" in post
    assert "- **修复** 锁屏后录音偶现中断（小米 8）\n" in post

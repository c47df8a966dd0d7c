"""The posts as an Atom feed."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import feedgenerator

from tracker.language import Language, Text
from tracker.posts.queries import Post
from tracker.web import dates

MEDIA_TYPE = "application/atom+xml; charset=utf-8"

TITLE = Text("橙色星期五 更新日志", "Orange Friday changelogs")


def atom(
    posts: list[Post], language: Language, *, base_url: str, content: Callable[[Post], str]
) -> str:
    """Newest first. `content` gives the HTML of a post.

    The ids stay for ever and do not depend on the address of today (RFC 4151), so a reader
    shows a post once; one that says something new is told by its `updated`.
    """
    host = urlsplit(base_url).hostname
    feed = feedgenerator.Atom1Feed(
        title=TITLE.within(language),
        link=f"{base_url}/releases",
        description=Text("每周五的更新", "What changes each Friday").within(language),
        language="zh-CN" if language == "zh" else "en",
        author_name=Text("橙色星期五", "Orange Friday").within(language),
        feed_url=f"{base_url}/releases/feed.atom?lang={language}",
        feed_guid=f"tag:{host},2026:releases:{language}",
    )
    for post in posts:
        day = post.train.date
        feed.add_item(
            title=title_of(post, language),
            link=f"{base_url}/releases/{day}",
            description=None,
            content=content(post),
            unique_id=f"tag:{host},{day}:release:{language}",
            pubdate=post.published_at,
            updateddate=post.changed_at,
        )
    written: str = feed.writeString("utf-8")
    return written


def title_of(post: Post, language: Language) -> str:
    day = post.train.date
    words = dates.day(day, language, today=day)
    count = len(post.lines)
    if language == "en":
        return f"{words} {day.year}: {count} change{'s' * (count != 1)}"
    return f"{day.year} 年 {words}：{count} 条更新"

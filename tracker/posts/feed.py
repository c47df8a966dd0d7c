"""The posts as feeds: Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org). Both say the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import feedgenerator
import msgspec

from tracker.language import Language, Text
from tracker.posts.queries import Post
from tracker.web import dates

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
JSON_MEDIA_TYPE = "application/feed+json"

TITLE = Text("橙色星期五 更新日志", "Orange Friday changelogs")
DESCRIPTION = Text("每周五的更新", "What changes each Friday")
AUTHOR = Text("橙色星期五", "Orange Friday")

Content = Callable[[Post], str]
"""Gives the HTML of a post."""


def atom(posts: list[Post], language: Language, *, base_url: str, content: Content) -> str:
    """Newest first. A post that says something new is told by its `updated`."""
    host = urlsplit(base_url).hostname
    feed = feedgenerator.Atom1Feed(
        title=TITLE.within(language),
        link=f"{base_url}/releases",
        description=DESCRIPTION.within(language),
        language=_tag(language),
        author_name=AUTHOR.within(language),
        feed_url=f"{base_url}/releases/feed.atom?lang={language}",
        feed_guid=f"tag:{host},2026:releases:{language}",
    )
    for post in posts:
        feed.add_item(
            title=title_of(post, language),
            link=f"{base_url}/releases/{post.train.date}",
            description=None,
            content=content(post),
            unique_id=_id(post, language, base_url),
            pubdate=post.published_at,
            updateddate=post.changed_at,
        )
    written: str = feed.writeString("utf-8")
    return written


class _Author(msgspec.Struct):
    name: str


class _Item(msgspec.Struct):
    id: str
    url: str
    title: str
    content_html: str
    date_published: datetime
    date_modified: datetime


class _JsonFeed(msgspec.Struct):
    title: str
    home_page_url: str
    feed_url: str
    description: str
    language: str
    authors: list[_Author]
    items: list[_Item]
    version: str = "https://jsonfeed.org/version/1.1"


def json_feed(posts: list[Post], language: Language, *, base_url: str, content: Content) -> bytes:
    """Newest first. A post that says something new is told by its `date_modified`."""
    return msgspec.json.encode(
        _JsonFeed(
            title=TITLE.within(language),
            home_page_url=f"{base_url}/releases",
            feed_url=f"{base_url}/releases/feed.json?lang={language}",
            description=DESCRIPTION.within(language),
            language=_tag(language),
            authors=[_Author(AUTHOR.within(language))],
            items=[
                _Item(
                    id=_id(post, language, base_url),
                    url=f"{base_url}/releases/{post.train.date}",
                    title=title_of(post, language),
                    content_html=content(post),
                    date_published=post.published_at,
                    date_modified=post.changed_at,
                )
                for post in posts
            ],
        )
    )


def _tag(language: Language) -> str:
    """As RFC 5646 has it."""
    return "zh-CN" if language == "zh" else "en"


def _id(post: Post, language: Language, base_url: str) -> str:
    """The same in every version of a post, whatever becomes of its address (RFC 4151)."""
    return f"tag:{urlsplit(base_url).hostname},{post.train.date}:release:{language}"


def title_of(post: Post, language: Language) -> str:
    day = post.train.date
    words = dates.day(day, language, today=day)
    count = len(post.lines)
    if language == "en":
        return f"{words} {day.year}: {count} change{'s' * (count != 1)}"
    return f"{day.year} 年 {words}：{count} 条更新"

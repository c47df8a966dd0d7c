"""A release as a post in Markdown, in the shape of a real Friday post."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.devices.forms import BuildOut, Words
from tracker.language import Language, Text
from tracker.posts.confirmed import Confirmed, sentence
from tracker.posts.words import credited, is_withdrawn, thanks, thanks_to_all
from tracker.proposals.words import KINDS
from tracker.releases.entries import by_module
from tracker.releases.forms import EntryOut
from tracker.releases.queries import Train
from tracker.releases.words import line_of
from tracker.web import dates

_MARKS = re.compile(r"([\\`*_\[\]<>#|])")


def _plain(text: str) -> str:
    """Text as text: what people typed never turns into markup."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def markdown_post(
    train: Train,
    entries: list[EntryOut],
    builds: list[BuildOut],
    names: dict[str, Text],
    language: Language,
    confirmed: Sequence[Confirmed] = (),
    testers: int = 0,
) -> str:
    """When it came; the important notes, and who is late and why; then the changes by module:
    新增 → 优化 → 修复, with models in brackets where a line is not for all. At the end the thanks:
    `testers` is how many were heard."""
    t = Text.within
    weekday = dates.WEEKDAYS[train.date.weekday()].within(language)
    title = t(Text(f"橙色星期五 {train.date}", f"Orange Friday {train.date}"), language)
    parts = [f"# {title}"]
    parts += [f"## {t(Text('发布时间', 'Published'), language)}"]
    day = dates.day(train.date, language, today=train.date)
    late = [build for build in builds if build.delayed and not build.withdrawn]
    gone = [build for build in builds if build.withdrawn]
    when = f"{day}（{weekday}）" if language == "zh" else f"{weekday}, {day}"
    if late:
        when += t(Text("，部分机型延迟发布", "; some models come later"), language)
    parts.append(when)
    told = [_gone_line(build, names, language) for build in gone]
    told += _late_lines(late, names, language)
    notes = train.notes.within(language)
    if notes or told:
        parts.append(f"## {t(Text('重要说明', 'Important'), language)}")
        parts += [notes] if notes else []
        parts += ["\n".join(f"- {line}" for line in told)] if told else []
    for module, lines in by_module(entries):
        parts.append(f"## {_plain(_word(module, language))}")
        shown = (_line(entry, builds, names, language) for entry in lines)
        parts.append("\n".join(f"- {line}" for line in shown))
    if not entries:
        parts.append(t(Text("这一期没有更新条目。", "This release has no entries."), language))
    if confirmed:
        heading = Text("上一期的验证", "How the last one did")
        parts.append(f"## {t(heading, language)}")
        parts.append("\n".join(f"- {_checked(line, language)}" for line in confirmed))
    standing = (entry for entry in entries if not is_withdrawn(entry, builds))
    last = thanks_to_all(testers, [_plain(name) for name in credited(standing)])
    if last is not None:
        parts += [f"## {t(Text('感谢', 'Thanks'), language)}", t(last, language)]
    return "\n\n".join(parts) + "\n"


def _word(words: Words, language: Language) -> str:
    return words.en if language == "en" else words.zh


def _late_lines(late: list[BuildOut], names: dict[str, Text], language: Language) -> list[str]:
    """One line for each reason, naming its models: 「小米 8、小米 9 SE 因……延迟发布」."""
    models: dict[str, list[str]] = {}
    for build in late:
        assert build.delayed is not None
        reason = _word(build.delayed, language) or build.delayed.zh or build.delayed.en
        name = _name(build.device, names, language)
        if name not in models.setdefault(reason, []):
            models[reason].append(name)
    if language == "en":
        return [f"{', '.join(found)}: {_plain(reason)}" for reason, found in models.items()]
    lines = []
    for reason, found in models.items():
        names_zh = "、".join(found)
        if reason.startswith("因"):
            # A space beside Latin letters and digits, as everywhere.
            lines.append(f"{names_zh}{' ' * names_zh[-1:].isascii()}{_plain(reason)}")
        else:
            lines.append(f"{names_zh}：{_plain(reason)}")
    return lines


def _gone_line(build: BuildOut, names: dict[str, Text], language: Language) -> str:
    assert build.withdrawn is not None
    reason = _plain(_word(build.withdrawn.reason, language))
    which = f"{_name(build.device, names, language)} {_plain(build.version)}"
    if language == "en":
        return f"**Withdrawn** {which}: {reason}"
    return f"**已撤回** {which}：{reason}"


def _name(codename: str, names: dict[str, Text], language: Language) -> str:
    return _plain(names[codename].within(language) if codename in names else codename)


def _line(
    entry: EntryOut, builds: list[BuildOut], names: dict[str, Text], language: Language
) -> str:
    tag = KINDS[entry.kind].within(language)
    text = _plain(line_of(entry).within(language))
    if entry.models is not None:
        text += _bracketed(entry.models, names, language)
    # What is left of it stays: only a line that is gone for every model is struck.
    gone = is_withdrawn(entry, builds)
    named = thanks([_plain(name) for name in entry.credits])
    if named is not None and not gone:
        text += f" · {named.within(language)}"
    line = f"**{tag}** {text}"
    if entry.erratum is None:
        return line
    reason = _plain(_word(entry.erratum.reason, language))
    # What is left of it stays: only a line that is gone for every model is struck.
    gone = is_withdrawn(entry, builds)
    which = "" if gone else _bracketed(entry.erratum.models, names, language)
    if language == "en":
        return f"{f'~~{line}~~' if gone else line} — **Correction**{which}: {reason}"
    return f"{f'~~{line}~~' if gone else line} **更正**{which}：{reason}"


def _checked(line: Confirmed, language: Language) -> str:
    words = f"**{line.tag.within(language)}** {_plain(line.text.within(language))}"
    return f"{words}{'——' if language == 'zh' else ' — '}{sentence(line, language)}"


def _bracketed(codenames: list[str], names: dict[str, Text], language: Language) -> str:
    found = [_name(codename, names, language) for codename in codenames]
    return f" ({', '.join(found)})" if language == "en" else f"（{'、'.join(found)}）"

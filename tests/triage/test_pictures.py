"""What is printed fits the terminal, says both languages, and harms nobody."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from cli import friday_view, output, proposal_view, report_view, sentences
from cli.render import age

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

REPORT: dict[str, Any] = {
    "id": "R-12",
    "url": "https://tracker.example.com/reports/R-12",
    "title": "打开相机后闪退，尤其是夜间模式下切换前后镜头的时候，每次都会这样",
    "body": "1. 打开相机\n2. 切到夜景",
    "kind": "bug",
    "severity": "data_loss",
    "frequency": "always",
    "private": True,
    "status": "new",
    "status_text": {"zh": "已收到。", "en": "We have it."},
    "next_step": {"zh": "等一位工程师", "en": "An engineer looks at it"},
    "device": "fuxi",
    "ring": "closed",
    "build": "27.1.8",
    "module": "camera",
    "reporter": "alice",
    "owner": None,
    "proposal": None,
    "affected": 3,
    "question": None,
    "closure": None,
    "pending_closure": None,
    "expected_on": None,
    "released_in": None,
    "filed_at": "2026-11-23T08:00:00Z",
    "updated_at": "2026-11-23T08:00:00Z",
}


def drawn(picture: RenderableType, width: int) -> str:
    file = io.StringIO()
    Console(file=file, width=width, highlight=False, markup=False, emoji=False).print(picture)
    return file.getvalue()


@pytest.mark.parametrize("width", [20, 40, 75, 76, 90, 110, 200])
def test_a_list_never_passes_the_edge(width: int) -> None:
    reports = [REPORT, {**REPORT, "id": "R-100000", "title": "Wi-Fi " * 30, "severity": "minor"}]
    text = drawn(report_view.table(reports, width=width, now=NOW), width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "R-12" in text


def test_columns_line_up_under_chinese() -> None:
    proposals = [
        {"id": "P-1", "title": "相机", "module": "相机模块", "state": "open", "kind": "fix"},
        {"id": "P-2", "title": "Wi-Fi", "module": "wifi", "state": "open", "kind": "fix"},
    ]
    text = drawn(proposal_view.table(proposals, width=100, now=NOW), 100)
    _, chinese, english = text.splitlines()
    assert cell_len(chinese[: chinese.index("–")]) == cell_len(english[: english.index("–")])


def test_a_title_is_cut_with_a_sign_on_one_line() -> None:
    text = drawn(report_view.table([REPORT], width=80, now=NOW), 80)
    assert len(text.splitlines()) == 2
    assert "…" in text


def test_a_report_says_its_status_in_both_languages() -> None:
    text = drawn(report_view.full(REPORT), 100)
    assert "已收到。 · We have it." in text
    assert "→ 等一位工程师" in text
    assert "→ An engineer looks at it" in text
    assert "private" in text
    assert "data loss" in text


def test_a_waiting_closure_says_who_must_confirm() -> None:
    pending = {"reason": "declined", "text": "No", "by": "erin"}
    words = sentences.waiting({**REPORT, "pending_closure": pending})
    assert "an engineer other than erin must confirm" in words
    assert "triage close R-12 --reason declined" in words


def test_a_withdrawal_waits_for_any_engineer() -> None:
    pending = {"reason": "withdrawn", "text": "", "by": "alice"}
    words = sentences.waiting({**REPORT, "pending_closure": pending})
    assert "an engineer must confirm" in words
    assert "--reason withdrawn" in words


def test_the_rehearsal_of_a_friday() -> None:
    line = {
        "id": 1,
        "module": "camera",
        "module_name": {"zh": "相机", "en": "Camera"},
        "kind": "fix",
        "zh": "打开相机后闪退",
        "en": "Camera closes when opened",
        "models": ["fuxi", "umi"],
        "proposal": "P-3",
        "erratum": None,
    }
    late = {"zh": "屏幕闪烁", "en": "The screen flickers"}
    train = {
        "date": "2026-11-27",
        "state": "planned",
        "entries": [line],
        "builds": [
            {"device": "fuxi", "ring": "closed", "version": "27.1.8", "built_on": "2026-11-25"},
            {"device": "umi", "ring": "closed", "version": "27.1.8", "delayed": late},
        ],
        "recipients": 1,
        "blockers": [{"code": "late", "text": {"zh": "缺英文", "en": "No English line"}}],
        "warnings": [],
        "messages": [
            {
                "person": "alice",
                "language": "zh",
                "title": "解决了",
                "text": "…",
                "reports": ["R-1"],
            }
        ],
    }
    text = drawn(friday_view.preview(train, messages=True), 100)
    for words in (
        "1 line · 2 builds · 1 person is told",
        "相机 / Camera",
        "修复 打开相机后闪退（fuxi、umi）  P-3",
        "Fix: Camera closes when opened (fuxi, umi)",
        "late: 屏幕闪烁 · The screen flickers",
        "缺英文 · No English line",
        "alice · zh · R-1",
    ):
        assert words in text
    assert "alice" not in drawn(friday_view.preview(train, messages=False), 100)


def test_control_characters_do_not_reach_the_terminal() -> None:
    hostile = {**REPORT, "title": "\x1b[2J\x9b31m\u202egnp.exe", "body": "[bold]a[/bold]\x07\r\nb"}
    for text in (
        drawn(report_view.full(hostile), 100),
        drawn(report_view.table([hostile], width=100, now=NOW), 100),
    ):
        assert not set(text) & {"\x1b", "\x9b", "\u202e", "\x07", "\r"}
    assert "[bold]a[/bold]" in drawn(report_view.full(hostile), 100)


def test_json_escapes_what_it_must_and_leaves_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    output.json_line({"title": "相机\x1b\x9b\u202e"})
    assert capsys.readouterr().out == '{"title":"相机\\u001b\\u009b\\u202e"}\n'


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T09:59:30Z", "0 min"),
        ("2026-11-23T10:05:00Z", "0 min"),
        ("2026-11-23T17:01:00+08:00", "59 min"),
        ("2026-11-22T11:00:00Z", "23 h"),
        ("2026-11-20T10:00:00Z", "3 d"),
        ("2024-11-20T10:00:00Z", "2 y"),
        (None, "–"),
    ],
)
def test_ages(at: str | None, words: str) -> None:
    assert age(at, NOW) == words

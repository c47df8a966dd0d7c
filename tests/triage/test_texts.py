"""Texts given, piped, or written in an editor."""

from __future__ import annotations

import io

import click
import pytest

from cli import written
from cli.exits import Exit, TriageError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_text_is_given_or_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("来自管道\n\n"))
    assert written.obtain(" given ", what="reply") == "given"
    assert written.obtain("-", what="reply") == "来自管道"


def test_without_a_terminal_a_missing_text_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("not asked for"))
    with pytest.raises(click.UsageError, match="- to read it from stdin"):
        written.obtain(None, what="reply")


def test_an_editor_shows_the_report_and_keeps_what_is_above(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []

    def edit(text: str, *, extension: str) -> str:
        shown.append(text)
        return "# A heading stays\n\nWhich app?\n" + text

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(click, "edit", edit)
    found = written.obtain(None, what="question", context="R-12  闪退")
    assert found == "# A heading stays\n\nWhich app?"
    assert "# R-12  闪退" in shown[0]


@pytest.mark.parametrize("edited", [None, "", "\n\n"])
def test_an_empty_text_sends_nothing(monkeypatch: pytest.MonkeyPatch, edited: str | None) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(click, "edit", lambda *_, **__: edited)
    with pytest.raises(TriageError, match="nothing was sent") as caught:
        written.obtain(None, what="question")
    assert caught.value.code == Exit.REFUSED


def test_stdin_is_read_for_one_thing_only() -> None:
    with pytest.raises(click.UsageError):
        written.only_one_stdin(("R-1", "-"), "-")
    written.only_one_stdin(("-",), "words")

"""Trailers are read as git reads them; git itself is asked where it is installed."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tracker.repositories.trailers import read_message

MESSAGES = {
    "one": ("s\n\nProposal: P-3", [3], []),
    "several": ("s\n\nbody\n\nProposal: P-3, P-4\nProposal: P-3\nProposal: P-7", [3, 4, 7], []),
    "any case, blanks": ("s\n\nPROPOSAL : p-3\nreverts:P-4\n", [3], [4]),
    "line ends of Windows": ("s\r\n\r\nProposal: P-3\r\nModel: fuxi\r\n", [3], []),
    "continued": ("s\n\nProposal: P-3,\n  P-4\n", [3, 4], []),
    "not the last paragraph": ("s\n\nProposal: P-3\n\nthe end", [], []),
    "the subject is none": ("Proposal: P-3", [], []),
    "prose among them": ("s\n\nsome prose\nProposal: P-3", [], []),
    "prose beside a line of git's": (
        "s\n\nprose\nProposal: P-3\nSigned-off-by: A <a@example.com>",
        [3],
        [],
    ),
    "too much prose": (
        "s\n\na\nb\nc\nd\ne\nf\nProposal: P-3\nSigned-off-by: A <a@example.com>",
        [3],
        [],
    ),
    "far too much prose": (
        "s\n\na\nb\nc\nd\ne\nf\ng\nProposal: P-3\nSigned-off-by: A <a@example.com>",
        [],
        [],
    ),
    "picked": ("s\n\nProposal: P-3\n(cherry picked from commit 4f1c2aa)", [3], []),
    "blanks in the empty line": ("s\n \nProposal: P-3", [3], []),
    "both": ("s\n\nProposal: P-3\nReverts: P-5", [3], [5]),
    "numbers that are none": ("s\n\nProposal: P-0, R-3, 3, P-99999999999999999999", [], []),
    "empty": ("", [], []),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_proposals_and_reverts(name: str) -> None:
    message, proposals, reverts = MESSAGES[name]
    found = read_message(message)
    assert (found.proposals, found.reverts) == (proposals, reverts)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("name", MESSAGES)
def test_git_finds_them_in_the_same_messages(name: str) -> None:
    message = MESSAGES[name][0]
    ran = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message.replace("\r\n", "\n"),
        capture_output=True,
        text=True,
        check=True,
    )
    keys = {line.partition(":")[0].strip().lower() for line in ran.stdout.splitlines()}
    found = read_message(message)
    assert ("proposal" in keys) == bool(found.proposals or found.unreadable)
    assert ("reverts" in keys) == bool(found.reverts)


def test_what_else_a_commit_says() -> None:
    found = read_message(
        "s: it\n\nThis reverts commit 4f1c2aa0d1.\n\nReverts: 4F1C2AA, soon\nModel: fuxi, umi\n"
        "Changelog-zh: 修复：闪退\nChangelog-en: Fixed: a crash\nReason-zh: 发烫"
    )
    assert found.subject == "s: it"
    assert (found.reverted, found.said_by_git) == (["4f1c2aa"], ["4f1c2aa0d1"])
    assert (found.models, found.unreadable) == (["fuxi", "umi"], ["soon"])
    assert (found.changelog_zh, found.changelog_en) == ("修复：闪退", "Fixed: a crash")
    assert (found.reason_zh, found.reason_en) == ("发烫", "")


def test_one_of_ours_in_the_wrong_place_is_noticed() -> None:
    assert read_message("s\n\n* a\n\nProposal: P-3\n\n* b").misplaced
    assert not read_message("s\n\nSee the proposal: it is P-3\n\nbye").misplaced
    assert not read_message("s\n\nProposal: P-3").misplaced

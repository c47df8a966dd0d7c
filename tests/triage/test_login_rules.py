"""Where a token goes, and where it never goes."""

from __future__ import annotations

import stat
from pathlib import Path

import click
import pytest

from cli import login
from cli.exits import Exit, TriageError

SAVED = login.Login("https://tracker.example.com", "secret", "erin")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"TRIAGE_CONFIG_DIR": str(tmp_path / "triage")}


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("tracker.example.com", "https://tracker.example.com"),
        ("https://tracker.example.com/", "https://tracker.example.com"),
        ("https://example.com/beta/api/v1/", "https://example.com/beta"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("http://tracker.local", "http://tracker.local"),
    ],
)
def test_addresses_are_completed(written: str, url: str) -> None:
    assert login.address(written) == url


@pytest.mark.parametrize(
    "written", ["", "ftp://x", "https://", "https://erin:pw@x.test", "x:port", "https://[::1"]
)
def test_what_is_no_address(written: str) -> None:
    with pytest.raises(click.UsageError):
        login.address(written)


def test_only_a_token_that_could_be_read_on_the_way_is_warned_of() -> None:
    assert login.travels_open("http://tracker.local")
    assert not login.travels_open("http://127.0.0.1:8000")
    assert not login.travels_open("https://tracker.example.com")


def test_it_is_saved_where_only_its_owner_reads_it(environ: dict[str, str]) -> None:
    path = login.save(SAVED, environ)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["login.json"]
    assert login.current(environ) == SAVED


def test_a_failed_save_leaves_the_old_login(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = login.save(SAVED, environ)

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        login.save(login.Login("https://other.test", "new"), environ)
    assert login.saved(environ) == SAVED
    assert [entry.name for entry in path.parent.iterdir()] == ["login.json"]


def test_the_environment_wins(environ: dict[str, str]) -> None:
    login.save(SAVED, environ)
    assert login.current({**environ, "TRIAGE_TOKEN": "other"}).token == "other"
    both = login.current({**environ, "TRIAGE_URL": "https://b.test", "TRIAGE_TOKEN": "other"})
    assert (both.url, both.token) == ("https://b.test", "other")


def test_a_saved_token_never_goes_to_another_address(environ: dict[str, str]) -> None:
    login.save(SAVED, environ)
    assert login.current({**environ, "TRIAGE_URL": f"{SAVED.url}/"}) == SAVED
    with pytest.raises(TriageError) as caught:
        login.current({**environ, "TRIAGE_URL": "https://other.test"})
    assert caught.value.code == Exit.NOT_ALLOWED


def test_nobody_is_signed_in(environ: dict[str, str]) -> None:
    with pytest.raises(TriageError, match="triage login") as caught:
        login.current(environ)
    assert caught.value.code == Exit.NOT_ALLOWED


def test_a_damaged_login_says_so(environ: dict[str, str]) -> None:
    login.save(SAVED, environ).write_text("{")
    with pytest.raises(TriageError, match="triage login again"):
        login.current(environ)


@pytest.mark.parametrize("written", ["", "two words", "a\nb", "密钥"])
def test_what_is_no_token(written: str) -> None:
    with pytest.raises(click.UsageError):
        login.token(written)

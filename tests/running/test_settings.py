"""What can be set from outside, and what is said about a value that cannot be used."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tracker.settings import Settings, SettingsError, WeeklyTime, described

ROOT = Path(__file__).parents[2]


def test_nothing_has_to_be_set() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert settings.database_url is None
    assert settings.data == Path.cwd() / "data"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.timezone == ZoneInfo("Asia/Shanghai")
    assert settings.freeze == WeeklyTime(3, time(18))
    assert settings.publish == WeeklyTime(4, time(17))


def test_everything_can_be_set(tmp_path: Path) -> None:
    given = {
        "TRACKER_DATABASE_URL": "postgresql://me:pw@db.example.com/beta",
        "TRACKER_DATA": str(tmp_path),
        "TRACKER_BASE_URL": "https://beta.example.com/",
        "TRACKER_SECRET_KEY": "k" * 32,
        "TRACKER_TIMEZONE": "Europe/Berlin",
        "TRACKER_FREEZE": "Wed 9:30",
        "TRACKER_PUBLISH": "sun 00:00",
        "TRACKER_UNDO_WINDOW": "60",
        "TRACKER_CONTACT": "mailto:beta@example.com",
        "TRACKER_SMTP_URL": "smtps://me:pw@mail.example.com",
        "TRACKER_MAIL_FROM": "Orange Friday <beta@example.com>",
        "TRACKER_MIPUSH_SECRET": "secret",
        "TRACKER_MIPUSH_PACKAGE": "com.example.beta",
        "TRACKER_MIPUSH_CHANNEL": "121",
        "TRACKER_MIPUSH_URL": "https://ru-api.xmpush.global.xiaomi.com",
        "TRACKER_PRIVATE_ADDRESSES": "1",
        "TRACKER_POOL_SIZE": "20",
        "TRACKER_LOG_FORMAT": "json",
        "TRACKER_DEBUG": "1",
    }
    assert set(given) == {each.variable for each in described()}
    settings = Settings.from_environment(given)
    assert settings == Settings(
        database_url="postgresql://me:pw@db.example.com/beta",
        data=tmp_path,
        base_url="https://beta.example.com",
        secret_key="k" * 32,
        timezone=ZoneInfo("Europe/Berlin"),
        freeze=WeeklyTime(2, time(9, 30)),
        publish=WeeklyTime(6, time(0)),
        undo_window=timedelta(minutes=1),
        contact="mailto:beta@example.com",
        smtp_url="smtps://me:pw@mail.example.com",
        mail_from="Orange Friday <beta@example.com>",
        mipush_secret="secret",
        mipush_package="com.example.beta",
        mipush_channel="121",
        mipush_url="https://ru-api.xmpush.global.xiaomi.com",
        private_addresses=True,
        pool_size=20,
        log_format="json",
        debug=True,
    )
    assert str(settings.freeze) == "wed 09:30"


def test_an_empty_variable_is_an_absent_one() -> None:
    assert Settings.from_environment({"TRACKER_TIMEZONE": " ", "TRACKER_DEBUG": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "advice"),
    [
        ("TRACKER_DATABASE_URL", "mysql://db", "postgresql://name:password@host"),
        ("TRACKER_BASE_URL", "beta.example.com", "https://beta.example.com"),
        ("TRACKER_BASE_URL", "https://", "https://beta.example.com"),
        ("TRACKER_SECRET_KEY", "short", "32 characters"),
        ("TRACKER_UNDO_WINDOW", "5 minutes", "whole number"),
        ("TRACKER_CONTACT", "beta@example.com", "mailto:beta@example.com"),
        ("TRACKER_SMTP_URL", "mail.example.com", "smtp://name:password@"),
        ("TRACKER_MAIL_FROM", "Orange Friday", "beta@example.com"),
        ("TRACKER_SMTP_URL", "smtp://mail.example.com:smtp", "the number of a port"),
        ("TRACKER_MAIL_FROM", "橙色星期五 <橙色@example.com>", "Latin letters"),
        ("TRACKER_MAIL_FROM", "beta..test@example.com", "Latin letters"),
        ("TRACKER_TIMEZONE", "Asia/Peking", "Asia/Shanghai"),
        ("TRACKER_TIMEZONE", "../../etc/passwd", "Asia/Shanghai"),
        ("TRACKER_FREEZE", "18:00", "thu"),
        ("TRACKER_FREEZE", "thu 25:00", "thu"),
        ("TRACKER_PUBLISH", "friday 17:00", "fri 17:00"),
        ("TRACKER_POOL_SIZE", "1", "from 2 to 200"),
        ("TRACKER_POOL_SIZE", "-8", "from 2 to 200"),
        ("TRACKER_LOG_FORMAT", "xml", "console or json"),
        ("TRACKER_DEBUG", "on", "1 or 0"),
    ],
)
def test_a_bad_value_is_named_with_the_way_to_put_it_right(
    variable: str, value: str, advice: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(advice)) as refusal:
        Settings.from_environment({variable: value})
    assert str(refusal.value).startswith(variable)


def test_a_refusal_never_repeats_a_secret() -> None:
    for variable in ("TRACKER_DATABASE_URL", "TRACKER_SECRET_KEY"):
        with pytest.raises(SettingsError) as refusal:
            Settings.from_environment({variable: "hunter2"})
        assert "hunter2" not in str(refusal.value)


def test_settings_do_not_change_underway() -> None:
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        settings.debug = True  # type: ignore[misc]


def test_the_key_is_made_once_and_is_nobody_elses_business(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    key = settings.signing_key()
    assert len(key) >= 32
    assert Settings(data=tmp_path / "data").signing_key() == key
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert Settings(data=tmp_path / "other").signing_key() != key


def test_many_starting_at_once_agree_on_the_key(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with ThreadPoolExecutor(16) as everybody:
        keys = set(everybody.map(lambda _: settings.signing_key(), range(64)))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_a_given_key_leaves_no_file(tmp_path: Path) -> None:
    assert Settings(data=tmp_path, secret_key="k" * 40).signing_key() == "k" * 40
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_key_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(SettingsError, match="Remove the file"):
        Settings(data=tmp_path).signing_key()


def test_nothing_else_reads_the_environment() -> None:
    readers = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "tracker").rglob("*.py")
        if re.search(r"\bos\.environ\b|\bgetenv\b", file.read_text())
    ]
    assert readers == ["tracker/settings.py"]

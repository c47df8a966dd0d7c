"""What a CI server has at hand about its builds: a manifest of ours, or Android's build.prop."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.exits import Thing

FIELDS = (
    "device",
    "version",
    "ring",
    "built_on",
    "release",
    "after",
    "proposals",
    "delayed",
)
_REQUIRED = ("device", "version", "ring")
_OWN = ("device", "version", "after")
"""What cannot be the same for all builds."""

# The first that is there counts. HyperOS has a number of its own, by which testers know a build.
_DEVICE = (
    "ro.product.device",
    "ro.product.product.device",
    "ro.product.system.device",
    "ro.product.vendor.device",
    "ro.build.product",
)
_VERSION = (
    "ro.mi.os.version.incremental",
    "ro.build.version.incremental",
    "ro.product.build.version.incremental",
    "ro.system.build.version.incremental",
    "ro.vendor.build.version.incremental",
)
_LOCAL = ("ro.build.date", "ro.product.build.date", "ro.system.build.date", "ro.vendor.build.date")
_UTC = tuple(f"{name}.utc" for name in _LOCAL)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# As `date` writes it, on a machine in English or, under zh_CN, in Chinese.
_DATE = re.compile(
    r"\w{3} (\w{3}) +(\d{1,2}) [\d:]+ .*\b(\d{4})$|(\d{4})年 *(\d{1,2})月 *(\d{1,2})日"
)
_LINE = re.compile(r"\[(?P<shown>[\w.-]+)\]: \[(?P<it>.*)\]|(?P<name>[\w.-]+)\s*=(?P<value>.*)")


class BadManifestError(ValueError):
    """A file that says nothing of builds, or not enough."""


def read(files: Iterable[tuple[str, str]], given: Mapping[str, Any]) -> list[Thing]:
    """The builds of all files, which are pairs of name and text. `given` fills in what a file
    leaves out."""
    found: list[Thing] = []
    for name, text in files:
        try:
            found += [_whole(build, given) for build in _builds(text)]
        except BadManifestError as problem:
            raise BadManifestError(f"{name}: {problem}") from problem
    return found


def _builds(text: str) -> list[Thing]:
    text = text.lstrip("\ufeff \t\r\n")
    # `getprop` prints [name]: [value].
    if text.startswith("{") or re.match(r"\[\s*[{\]]", text):
        return _own(text)
    if text.startswith("<"):
        raise BadManifestError(
            "this is XML: a manifest of repo says which code, and not which build it became"
        )
    return [_properties(text)]


def _own(text: str) -> list[Thing]:
    try:
        content = json.loads(text)
    except ValueError as problem:
        raise BadManifestError(f"not JSON: {problem}") from problem
    if isinstance(content, dict) and "builds" not in content:
        content = {"builds": [content]}
    if isinstance(content, list):
        content = {"builds": content}
    common = {name: value for name, value in content.items() if name != "builds"}
    builds = content["builds"]
    if not isinstance(builds, list) or not all(isinstance(one, dict) for one in builds):
        raise BadManifestError('"builds" must be a list of objects')
    # One that is misspelt would not be missed: a list of proposals left out means all that wait.
    for fields, known in (
        (common, set(FIELDS) - set(_OWN)),
        *((one, set(FIELDS)) for one in builds),
    ):
        for name in fields:
            if name not in known:
                raise BadManifestError(f'no field "{name}"; there are {", ".join(sorted(known))}')
    return [{**common, **one} for one in builds]


def _properties(text: str) -> Thing:
    """A build.prop, or what `getprop` prints."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        line = line.strip()
        match = None if line.startswith("#") else _LINE.fullmatch(line)
        if match:
            name, value = match["shown"] or match["name"], match["it"] or match["value"] or ""
            values.setdefault(name, value.strip())

    def first(names: Iterable[str]) -> str:
        return next((values[name] for name in names if values.get(name)), "")

    if not any(name.startswith("ro.") for name in values):
        raise BadManifestError("neither JSON nor a build.prop")
    build = {"device": first(_DEVICE), "version": first(_VERSION)}
    build["built_on"] = _day(first(_LOCAL), first(_UTC))
    return {name: value for name, value in build.items() if value}


def _day(local: str, utc: str) -> str:
    """The day by the clock of the machine that built it, else by UTC; empty where it says none."""
    match = _DATE.search(local)
    try:
        if match and match[4]:
            return (
                datetime(int(match[4]), int(match[5]), int(match[6]), tzinfo=UTC).date().isoformat()
            )
        if match and match[1] in _MONTHS:
            month = _MONTHS.index(match[1]) + 1
            return datetime(int(match[3]), month, int(match[2]), tzinfo=UTC).date().isoformat()
        return datetime.fromtimestamp(int(utc), UTC).date().isoformat() if utc else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _whole(build: Thing, given: Mapping[str, Any]) -> Thing:
    whole = {**{name: value for name, value in given.items() if value}, **build}
    missing = [name for name in _REQUIRED if not whole.get(name)]
    if missing:
        hint = " (or say --ring)" if "ring" in missing else ""
        raise BadManifestError(f"a build has no {' and no '.join(missing)}{hint}")
    return whole


def text_of(name: str) -> str:
    """A file's text; `-` is stdin."""
    if name == "-":
        from cli import stdin

        return stdin.text()
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadManifestError(f"{name}: {problem}") from problem

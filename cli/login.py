"""Which server, and with which token: from the environment, or saved by `triage login`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from cli.exits import Exit, TriageError

_LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Login:
    """An address without a trailing slash, a token, and whose it was when it was saved."""

    url: str
    token: str
    handle: str = ""


def address(text: str) -> str:
    """The server's address in full: `https` unless said otherwise or on this machine."""
    text = text.strip()
    if "://" not in text:
        host = urlsplit(f"//{text}").hostname
        text = f"{'http' if host in _LOCAL else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        _ = parts.port  # a bad port is only found by asking for it
    except ValueError as error:
        raise click.UsageError(f"{text!r} is not an address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise click.UsageError(f"{text!r} is not the address of a server (https://…)")
    path = parts.path.rstrip("/").removesuffix("/api/v1")
    return f"{parts.scheme}://{parts.netloc}{path}"


def travels_open(url: str) -> bool:
    """Whether a token sent to `url` could be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in _LOCAL


def token(text: str) -> str:
    """A token as it can travel in a header."""
    text = text.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise click.UsageError("a token is one word of plain letters, digits and signs")
    return text


def directory(environ: Mapping[str, str]) -> Path:
    """Where the login is saved: `TRIAGE_CONFIG_DIR`, else the user's configuration directory."""
    if chosen := environ.get("TRIAGE_CONFIG_DIR"):
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_config_dir("triage", appauthor=False))


def _file(environ: Mapping[str, str]) -> Path:
    return directory(environ) / "login.json"


def saved(environ: Mapping[str, str]) -> Login | None:
    """The saved login, or None. A file that cannot be read as one is a failure, not a None."""
    path = _file(environ)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Login(str(content["url"]), str(content["token"]), str(content["handle"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TriageError(
            Exit.NOT_ALLOWED, f"{path} cannot be read as a login ({error}): triage login again"
        ) from error


def current(environ: Mapping[str, str]) -> Login:
    """The login that a command uses. `TRIAGE_URL` and `TRIAGE_TOKEN` win over the saved one.

    A saved token only ever goes to the address that it was saved with.
    """
    url = environ.get("TRIAGE_URL", "").strip()
    secret = environ.get("TRIAGE_TOKEN", "").strip()
    if url and secret:
        return Login(address(url), token(secret))
    kept = saved(environ)
    if url:
        url = address(url)
        if kept is None or kept.url != url:
            raise TriageError(
                Exit.NOT_ALLOWED, f"not signed in at {url}: triage login {url}, or set TRIAGE_TOKEN"
            )
        return kept
    if kept is None:
        raise TriageError(Exit.NOT_ALLOWED, "not signed in: triage login URL")
    return Login(kept.url, token(secret)) if secret else kept


def save(login: Login, environ: Mapping[str, str]) -> Path:
    """Keep the login where only this user can read it; an older one stays whole until then."""
    path = _file(environ)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if "TRIAGE_CONFIG_DIR" not in environ:
        path.parent.chmod(0o700)
    new = path.with_name(f".login.{os.getpid()}")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"url": login.url, "token": login.token, "handle": login.handle}, file)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return path


def forget(environ: Mapping[str, str]) -> bool:
    """Remove the saved login; False if there was none."""
    try:
        _file(environ).unlink()
    except FileNotFoundError:
        return False
    return True

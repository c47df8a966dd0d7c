"""Three hosts of a network of their own: a receiver's, and two that work.

As root on Linux they are namespaces with wires between them, and nothing else can be reached from
there; elsewhere they are this machine. PostgreSQL is reached through its socket in the file
system, which they share.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Host:
    address: str
    within: Sequence[str] = ()
    """What a command begins with that is to run there."""


@dataclass(frozen=True)
class Network:
    receiver: Host
    workers: tuple[Host, Host]
    why_not: str = ""
    """Why the hosts are one and the same; empty where they are three."""


FAR = "10.254.0.1"


@contextmanager
def network() -> Iterator[Network]:
    here = Host("127.0.0.1")
    ip = shutil.which("ip")
    if ip is None or os.geteuid() != 0:
        yield Network(here, (here, here), "only root may make network namespaces, with `ip`")
        return
    name = f"orange-{secrets.token_hex(3)}"
    names = (f"{name}-far", f"{name}-1", f"{name}-2")
    with ExitStack() as undo:
        try:
            for each in names:
                _run(ip, "netns", "add", each)
                undo.callback(_run, ip, "netns", "del", each)
                _run(ip, "-n", each, "link", "set", "lo", "up")
            far = (ip, "-n", names[0])
            _run(*far, "addr", "add", f"{FAR}/32", "dev", "lo")
            for n in (1, 2):
                near = (ip, "-n", names[n])
                wire = ("link", "add", f"wire{n}", "netns", names[0], "type", "veth")
                _run(ip, *wire, "peer", "name", "wire", "netns", names[n])
                _run(*far, "addr", "add", f"10.254.{n}.1/30", "dev", f"wire{n}")
                _run(*near, "addr", "add", f"10.254.{n}.2/30", "dev", "wire")
                _run(*far, "link", "set", f"wire{n}", "up")
                _run(*near, "link", "set", "wire", "up")
                _run(*near, "route", "add", FAR, "via", f"10.254.{n}.1")
        except subprocess.CalledProcessError as problem:
            undo.close()
            yield Network(here, (here, here), f"no network namespaces here: {problem.stderr}")
            return
        within = [(ip, "netns", "exec", each) for each in names]
        yield Network(
            Host(FAR, within[0]), (Host("10.254.1.2", within[1]), Host("10.254.2.2", within[2]))
        )


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, text=True, timeout=30)

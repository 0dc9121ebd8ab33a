"""Child processes that never outlive their parent."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def spawn(
    command: Sequence[str], *, as_user: str = "", death_signal: int = signal.SIGTERM, **options: Any
) -> subprocess.Popen[bytes]:
    """Start ``command``, as another user if named; it gets ``death_signal`` when this process dies, however it does."""
    return subprocess.Popen(command, preexec_fn=_die_with_parent(death_signal), **_identity(as_user), **options)


def run_as(user: str, command: Sequence[str], **options: Any) -> None:
    """Run ``command`` to its end; its output is in the error if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_identity(user), **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")


def stop(process: subprocess.Popen[bytes], how: int = signal.SIGTERM, patience_s: float = 20) -> None:
    """End ``process``: politely, then not."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _identity(user: str) -> dict[str, Any]:
    if not user:
        return {}
    entry = pwd.getpwnam(user)
    return {
        "user": entry.pw_uid,
        "group": entry.pw_gid,
        "extra_groups": [],
        "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
    }


def _die_with_parent(death_signal: int) -> Callable[[], None]:
    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, death_signal)

    return prepare

"""The site as it runs for its users: gunicorn in a process of its own, on a port of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.process import free_port, spawn, stop

ROOT = Path(__file__).resolve().parents[2]
START_S = 60
PREPARE_S = 240


@dataclass
class Site:
    """One running site. ``instance`` is its folder, ``env`` the settings it was given."""

    instance: Path
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.instance / "server.log"

    @property
    def environment(self) -> dict[str, str]:
        """Environment of the server and of commands beside it."""
        own = {"HOST": "127.0.0.1", "PORT": str(self.port), "INSTANCE_PATH": str(self.instance)}
        return {**os.environ, **own, **self.env}

    def flask(self, *arguments: str, timeout_s: float = PREPARE_S) -> str:
        """Output of ``flask --app app ARGUMENTS`` in this site's environment."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def accounts(self) -> list[dict[str, Any]]:
        """Demonstration accounts with their passwords."""
        found: list[dict[str, Any]] = json.loads(self.flask("demo", "accounts", "--json"))
        return found

    def start(self) -> float:
        """Start the server and wait until ``/healthz`` answers; returns the seconds that took."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = spawn(
                [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        while time.monotonic() - began < START_S:
            if self.process.poll() is not None:
                break
            if self._healthy():
                return time.monotonic() - began
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"the site does not start: {self.log.read_text()[-4000:]}")

    def stop(self) -> None:
        """Stop the server by its process id; the instance folder stays."""
        if self.process is not None:
            stop(self.process)
            self.process = None

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

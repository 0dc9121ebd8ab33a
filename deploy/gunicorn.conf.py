"""gunicorn's settings, for ``make run`` and for production alike."""

import gc
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from data.settings import Settings  # noqa: E402  (the folder above must be on the path first)

_settings = Settings()

wsgi_app = "app:create_app()"
chdir = str(ROOT)
bind = f"{_settings.host}:{_settings.port}"

workers = _settings.workers
worker_class = "gthread"
threads = 8
# PostgreSQL: each worker holds up to 30 connections: three pools (single questions, reads, writes) of one a thread
# and two to spare. So max_connections must exceed 30 times the workers of all hosts together, plus those of
# operators' commands.

# The application is loaded once, before the workers are forked, and its memory is shared between them.
preload_app = True
# A worker shows it lives by touching a file; on a disk that is busy it would be thought dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108

# A figure may take 3 s and an upload longer; a worker silent for this long is stuck.
timeout = 120
graceful_timeout = 20
keepalive = 30

# Its control socket would lie in the home folder, where several sites would fight for it.
control_socket_disable = True

# Large enough for a filter in the URL, small enough to refuse an attack.
limit_request_line = 8190

accesslog = os.environ.get("ACCESS_LOG") or None
errorlog = "-"
loglevel = _settings.log_level.lower()
forwarded_allow_ips = "127.0.0.1" if _settings.trusted_proxies else ""


def when_ready(server) -> None:
    """Before the first fork: close the connections that loading opened, and keep what was loaded shared."""
    server.app.wsgi().extensions["platform"].db.dispose()
    gc.collect()
    gc.freeze()

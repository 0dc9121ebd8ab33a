"""Typed settings, read once from the environment; every field is one variable of the same name."""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings of one installation. Field ``database_url`` is variable ``DATABASE_URL``, and so on."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address the site listens on")
    port: int = Field(8050, ge=1, le=65535, description="Port the site listens on")
    instance_path: Path = Field(
        ROOT / "instance", description="Folder for the SQLite file, secrets and demo accounts of this installation"
    )
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the instance folder")
    secret_key: str = Field("", description="Signs cookies; empty means one kept in the instance folder")
    demo: bool = Field(True, description="Fill and top up the demonstration city at start")
    demo_seed: int = Field(321200, description="Seed of the demonstration city")
    statement_timeout_s: float = Field(3.0, gt=0, description="Longest time one figure may compute, seconds")
    session_idle_minutes: int = Field(30, ge=1, description="Log-out after this long without a request")
    session_hours: int = Field(8, ge=1, description="Longest life of a session")
    login_attempts: int = Field(5, ge=1, description="Failed log-ins before an account is locked")
    login_window_minutes: int = Field(10, ge=1, description="Window in which failed log-ins are counted")
    login_lock_minutes: int = Field(30, ge=1, description="How long a locked account stays locked")
    login_rate: str = Field("30 per minute", description="Log-in attempts accepted from one address")
    rate_limit_storage: str = Field(
        "memory://", description="Where rate limits are counted: by each worker, or with redis:// by all together"
    )
    https: bool = Field(False, description="The site is served over TLS: Secure cookies and HSTS")
    trusted_proxies: int = Field(0, ge=0, description="Reverse proxies whose X-Forwarded-* headers are trusted")
    upload_max_mb: int = Field(64, ge=1, description="Largest file accepted by the upload page, MB")
    export_at_once: int = Field(20_000, ge=1, description="Rows up to which an export is written while one waits")
    export_jobs: int = Field(2, ge=1, description="Exports of rows written at once; the others wait")
    export_keep_hours: float = Field(24, gt=0, description="How long the file of an export is kept")
    cache_entries: int = Field(4096, ge=16, description="Results each worker keeps; a large one counts as several")
    chromium: str = Field("", description="Chromium for PNG and SVG exports; empty means the one found on PATH")
    clock_shift_days: int = Field(0, description="Moves the platform's clock; for tests only")
    web_concurrency: int = Field(0, ge=0, description="Workers; 0 means one on SQLite, one a core on PostgreSQL")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @cached_property
    def url(self) -> str:
        """Database URL in force."""
        return self.database_url or f"sqlite:///{self.instance_path / 'platform.sqlite3'}"

    @cached_property
    def workers(self) -> int:
        """Processes that serve the site: SQLite takes one writer at a time, and caches are per process."""
        return self.web_concurrency or (1 if self.url.startswith("sqlite") else max(2, os.cpu_count() or 2))

    @cached_property
    def secret(self) -> str:
        """Key that signs cookies: the setting, or one made on first use and kept, readable by the owner only."""
        if self.secret_key:
            return self.secret_key
        self.instance_path.mkdir(parents=True, exist_ok=True)
        file = self.instance_path / "secret-key"
        try:
            file.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            return file.read_text().strip()
        file.write_text(secrets.token_urlsafe(48))
        return file.read_text().strip()

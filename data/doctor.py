"""What is wrong with an installation, and how to put it right."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from data import clock, migrate
from data.models import CalendarDay
from data.platform import Platform
from data.semantic.rollup import stale_cubes

OLDEST_PYTHON = (3, 11)
SHORTEST_KEY = 32
FONT_WORDS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``problem`` is empty if it is in order, ``remedy`` what to do otherwise.

    A ``warning`` is no fault of the installation: the site works, but less well than it could.
    """

    name: str
    problem: str = ""
    remedy: str = ""
    warning: bool = False


def examine(platform: Platform) -> Iterator[Finding]:
    """Look at everything an installation needs, one finding each; no check can keep the others from running."""
    for name, check in CHECKS.items():
        try:
            problem, remedy = check(platform) or ("", "")
        except SQLAlchemyError as error:
            problem = f"数据库不可用：{type(error.orig if hasattr(error, 'orig') else error).__name__}"
            remedy = "核对 DATABASE_URL 与数据库服务，再运行 flask --app app prepare"
        except OSError as error:
            problem, remedy = f"读写失败：{error.strerror}", "核对目录权限与磁盘空间"
        yield Finding(name, problem, remedy, warning=name in WARNINGS)


Problem = tuple[str, str] | None


def _python(platform: Platform) -> Problem:
    if sys.version_info >= OLDEST_PYTHON:
        return None
    return f"Python {sys.version.split()[0]} 过旧", "安装 Python 3.11 或更新版本后重建虚拟环境"


def _database(platform: Platform) -> Problem:
    platform.db.ping()
    return None


def _schema(platform: Platform) -> Problem:
    found, newest = migrate.current(platform.db), migrate.head()
    if found == newest:
        return None
    return f"库结构版本为 {found or '空'}，程序需要 {newest}", "运行 flask --app app prepare"


def _rollups(platform: Platform) -> Problem:
    with platform.db.read() as connection:
        stale = stale_cubes(connection, platform.registry)
    if not stale:
        return None
    return f"汇总未建或口径已变：{'、'.join(cube.zh for cube in stale)}", "运行 flask --app app prepare"


def _secret(platform: Platform) -> Problem:
    settings = platform.settings
    if len(settings.secret) < SHORTEST_KEY:
        return f"密钥不足 {SHORTEST_KEY} 个字符", "设置更长的 SECRET_KEY，或留空由系统生成"
    file = settings.instance_path / "secret-key"
    if not settings.secret_key and file.stat().st_mode & 0o077:
        return "密钥文件对他人可读", f"chmod 600 {file}"
    return None


def _instance(platform: Platform) -> Problem:
    folder = platform.settings.instance_path
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return None
    return f"目录 {folder} 不存在或不可写", "建立该目录并授予运行用户写权限，或改设 INSTANCE_PATH"


def _chromium(platform: Platform) -> Problem:
    if shutil.which(platform.settings.chromium or "chromium"):
        return None
    return "找不到 Chromium，图片无法导出", "apt-get install chromium，或用 CHROMIUM 指明其位置"


def _font(platform: Platform) -> Problem:
    if lister := shutil.which("fc-list"):
        families = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, check=False).stdout  # noqa: S603
        if any(word.encode() in families for word in FONT_WORDS):
            return None
    return "没有中文字体，导出的图片会缺字", "apt-get install fonts-noto-cjk"


def _calendar(platform: Platform) -> Problem:
    today = clock.today()
    needed = {today.year, today.year + 1} if today.month == 12 else {today.year}
    with platform.db.read() as connection:
        years = set(connection.execute(select(func.extract("year", CalendarDay.day)).distinct()).scalars())
    if not (missing := needed - years):
        return None
    return (
        f"日历缺 {'、'.join(map(str, sorted(missing)))} 年的放假安排",
        "按国务院办公厅通知，在“标注与日历”页补录或上传该年放假与调休日",
    )


def _limits(platform: Platform) -> Problem:
    settings = platform.settings
    if settings.workers == 1 or not settings.rate_limit_storage.startswith("memory:"):
        return None
    problem = f"登录频率由 {settings.workers} 个进程分别计数，实际上限是 LOGIN_RATE 的 {settings.workers} 倍"
    return problem, "设置 RATE_LIMIT_STORAGE=redis://…，或接受这一上限；账号锁定不受影响"


WARNINGS = frozenset({"登录限速", "工作日历"})

CHECKS: dict[str, Callable[[Platform], Problem]] = {
    "Python 版本": _python,
    "数据库连接": _database,
    "数据库结构": _schema,
    "汇总": _rollups,
    "密钥": _secret,
    "实例目录": _instance,
    "Chromium": _chromium,
    "中文字体": _font,
    "工作日历": _calendar,
    "登录限速": _limits,
}

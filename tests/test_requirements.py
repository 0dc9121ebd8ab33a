"""What the program imports is pinned, and what is pinned comes from nowhere in particular."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OWN = {"app", "components", "data", "pages"}
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-nodeps.txt")


def lines(name: str) -> list[str]:
    """Lines of a requirements file that say something."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def plain(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported() -> set[str]:
    """Top-level modules that the program imports."""
    found: set[str] = set()
    for path in [ROOT / "app.py", *(file for room in OWN - {"app"} for file in (ROOT / room).rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - OWN - sys.stdlib_module_names


def test_every_import_of_the_program_is_pinned_as_a_runtime_requirement():
    pinned = {plain(line.partition("==")[0]) for line in lines("requirements.txt")}
    providers = packages_distributions()
    missing = {module for module in imported() if not pinned & set(map(plain, providers.get(module, ())))}
    assert missing == set()


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_one_version_from_no_named_place(name: str):
    wrong = [line for line in lines(name) if not re.fullmatch(r"-r requirements\.txt|[A-Za-z0-9._-]+==[\w.]+", line)]
    assert wrong == []


def test_no_package_is_pinned_twice():
    names = [plain(line.partition("==")[0]) for name in FILES for line in lines(name) if "==" in line]
    assert sorted(names) == sorted(set(names))

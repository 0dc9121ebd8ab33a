"""Both READMEs name every setting, so that none can be added in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_setting_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    missing = [field.upper() for field in Settings.model_fields if f"`{field.upper()}`" not in text]
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).exists()] == []

"""How a file is to be read: a mapping, kept as YAML.

A mapping names for each field of a data set the columns it comes from and how their cells are written; what it leaves
out is read by the rules of :mod:`data.ingest.cells`. An example with every word::

    dataset: sales_contract
    title: 房产交易中心月报
    note: 金额为美元，未折算              # shown with the receipt
    sheet: 成交明细                       # empty: the first sheet in sight
    headings: [3, 4]                      # first and last line of the headings
    total_words: [合计, 小计]             # rows that begin so are no records
    note_words: [注, 说明]
    skip:
      - {column: 状态, words: [作废]}
    fields:
      filing_no: {from: [年度, 编号], join: "-"}
      market: {value: second_hand}
      use: {from: [类型], codes: {普通住房: residential}}
      booked_on: {from: [签约时间], order: dmy}
      area_m2: {from: [建筑面积], unit: 平方英尺, round: half_up}
      amount_yuan: {from: [总价], unit: 万元}
      region: {from: [区县, 街道], codes: {高新区: "321203"}}
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from data.errors import PlatformError
from data.ingest import cells
from data.ingest.dataset import Dataset

TOTAL_WORDS = ("合计", "小计", "总计", "共计", "累计", "总合计")
NOTE_WORDS = ("注", "备注", "说明", "填表", "填报", "制表", "审核", "负责人", "联系", "数据来源", "单位：")
SAMPLE_WORDS = ("示例",)
REASON = "退回原因"
"""First heading of a workbook of refused rows."""


class FieldRule(BaseModel):
    """Where one field comes from, and how its cells are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: tuple[str, ...] = Field(
        default=(),
        validation_alias=AliasChoices("from", "columns"),
        serialization_alias="from",
        description="Headings of its columns",
    )
    join: str = Field(default="", description="What stands between several columns")
    value: str | None = Field(default=None, description="A constant, instead of columns")
    default: str | None = Field(default=None, description="What a blank cell means")
    codes: dict[str, str] = Field(default_factory=dict, description="The file's words → our codes or region ids")
    order: cells.DateOrder = Field(default="ymd", description="Order of day and month where the year stands last")
    unit: str = Field(default="", description="Unit of the numbers, where it is not ours")
    factor: str = Field(default="1", description="A further factor")
    round: cells.Rounding = Field(default="refuse", description="What becomes of decimals finer than our unit")

    @field_validator("value", "default", "factor", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """Numbers and yes/no may stand unquoted in YAML."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value if value is None else str(value)

    @field_validator("columns", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("codes", mode="before")
    @classmethod
    def _as_words(cls, value: Any) -> Any:
        return {str(seen): cls._as_text(meant) for seen, meant in dict(value or {}).items()}

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        if value and cells.unit(value) is None:
            raise ValueError(f"单位“{value}”无法识别；可用：{'、'.join(cells.UNITS)}")
        return cells.unit(value) or ""

    @field_validator("factor")
    @classmethod
    def _a_number(cls, value: str) -> str:
        if Fraction(value) == 0:
            raise ValueError("系数不能为 0")
        return value


class SkipRule(BaseModel):
    """Rows whose ``column`` says one of ``words`` are no records of this data set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    words: tuple[str, ...]


class Mapping(BaseModel):
    """How a file is to be read into a data set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    title: str = ""
    note: str = ""
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    headings: tuple[int, int] = (1, 1)
    total_words: tuple[str, ...] = TOTAL_WORDS
    note_words: tuple[str, ...] = NOTE_WORDS
    skip: tuple[SkipRule, ...] = ()
    fields: dict[str, FieldRule]

    @field_validator("headings", mode="before")
    @classmethod
    def _as_span(cls, value: Any) -> Any:
        return (value, value) if isinstance(value, int) else value

    @field_validator("headings")
    @classmethod
    def _in_order(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 1 <= value[0] <= value[1] <= 200:
            raise ValueError("表头行应为 [起, 止]，从 1 起")
        return value

    def to_yaml(self) -> str:
        """The mapping as YAML; what is as usual is left out."""
        plain = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)

    @classmethod
    def from_yaml(cls, text: str, where: str = "读法") -> Mapping:
        """The mapping that YAML ``text`` holds; PlatformError with each fault where it holds none."""
        try:
            return cls.model_validate(yaml.safe_load(text))
        except yaml.YAMLError as error:
            raise PlatformError("读法不是有效的 YAML", where, str(error).splitlines()[0]) from error
        except ValidationError as error:
            faults = "；".join(f"{'.'.join(map(str, item['loc']))}：{item['msg']}" for item in error.errors()[:5])
            raise PlatformError("读法有误", where, faults) from error

    @classmethod
    def load(cls, path: Path) -> Mapping:
        """The mapping in a YAML file."""
        return cls.from_yaml(path.read_text(encoding="utf-8"), path.name)

    def used_columns(self) -> set[str]:
        """Headings that any field or skip rule reads."""
        used = {column for rule in self.fields.values() for column in rule.columns}
        return used | {rule.column for rule in self.skip}

    def faults(self, target: Dataset, headings: list[str]) -> list[str]:
        """Why a file with these headings can't be read so into ``target``; empty where it can."""
        known = set(headings)
        found = [f"文件中没有列“{column}”" for column in sorted(self.used_columns() - known)]
        for name, rule in self.fields.items():
            field = target.by_name.get(name)
            if field is None:
                found.append(f"数据集{target.zh}没有字段 {name}")
                continue
            if field.kind == "code":
                wrong = sorted(set(rule.codes.values()) - set(field.codes))
                found.extend(f"{field.zh}没有代码 {code}" for code in wrong)
            if rule.unit and not (field.unit and cells.UNITS[rule.unit][0] == cells.UNITS[field.unit][0]):
                found.append(f"{field.zh}不能以{rule.unit}计")
        for field in target.fields:
            rule = self.fields.get(field.name, FieldRule())
            if field.required and not rule.columns and rule.value is None:
                found.append(f"必填字段{field.zh}没有对应的列或固定值")
        return found

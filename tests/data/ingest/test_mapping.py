from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import PlatformError
from data.ingest.cells import UNITS
from data.ingest.datasets import DATASETS, dataset
from data.ingest.mapping import FieldRule, Mapping, SkipRule
from data.ingest.propose import propose
from data.ingest.readers import open_book

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8)
RULES = st.builds(
    FieldRule,
    columns=st.lists(WORDS, max_size=3).map(tuple),
    join=st.sampled_from(["", "-", ": "]),
    value=st.none() | WORDS,
    default=st.none() | WORDS,
    codes=st.dictionaries(WORDS, WORDS, max_size=3),
    order=st.sampled_from(["ymd", "dmy", "mdy"]),
    unit=st.sampled_from(["", *UNITS]),
    factor=st.sampled_from(["1", "0.5", "1/3"]),
    round=st.sampled_from(["refuse", "half_up", "half_even"]),
)
MAPPINGS = st.builds(
    Mapping,
    dataset=st.sampled_from(list(DATASETS)),
    title=WORDS,
    note=WORDS,
    sheet=WORDS,
    headings=st.tuples(st.integers(1, 5), st.integers(5, 9)),
    total_words=st.lists(WORDS, max_size=2).map(tuple),
    skip=st.lists(st.builds(SkipRule, column=WORDS, words=st.lists(WORDS, max_size=2).map(tuple)), max_size=2).map(
        tuple
    ),
    fields=st.dictionaries(WORDS, RULES, max_size=4),
)


@given(MAPPINGS)
def test_a_mapping_survives_yaml(mapping):
    assert Mapping.from_yaml(mapping.to_yaml()) == mapping


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "不是有效的 YAML"),
        ("dataset: sales_contract", "fields"),
        ("{dataset: s, fields: {a: {unit: 斤}}}", "无法识别"),
        ("{dataset: s, fields: {a: {frm: b}}}", "frm"),
        ("{dataset: s, headings: [3, 1], fields: {}}", "表头行"),
        ("{dataset: s, fields: {a: {factor: 0}}}", "系数"),
    ],
)
def test_a_faulty_mapping_says_what_is_wrong(text, reason):
    with pytest.raises(PlatformError) as caught:
        Mapping.from_yaml(text)
    assert reason in str(caught.value)


def test_plain_yaml_words_are_taken_as_text():
    fields = "{home_qty: {value: 1}, ordinary: {value: yes}, use: {from: 类型, codes: {1: office}}}"
    text = f"{{dataset: sales_contract, headings: 2, fields: {fields}}}"
    mapping = Mapping.from_yaml(text)
    assert mapping.headings == (2, 2)
    assert mapping.fields["ordinary"].value == "yes"
    assert mapping.fields["use"] == FieldRule(columns=("类型",), codes={"1": "office"})


def test_faults_of_a_mapping_against_a_file():
    mapping = Mapping.from_yaml(
        "{dataset: escrow_entry, fields: {nope: {from: 甲}, bank: {from: 乙, codes: {建行: b99}},"
        " amount_yuan: {from: 乙, unit: ㎡}}}"
    )
    faults = "；".join(mapping.faults(dataset("escrow_entry"), ["乙"]))
    for expected in ("没有列“甲”", "没有字段 nope", "没有代码 b99", "不能以㎡计", "必填字段流水号"):
        assert expected in faults


def test_a_proposal_finds_headings_below_titles_and_reads_units(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "泰州市商品房成交月报,,,,,\n单位：万元,,,,,\n合同编号,签约日期,建筑面积（平方米）,合同总价,楼盘名称,区县\n"
        "W1,24/11/2026,90,120,甲花园,海陵区\n",
        encoding="utf-8",
    )
    mapping = propose(dataset("sales_contract"), open_book(path))
    assert mapping.headings == (3, 3)
    assert {name: rule.columns[0] for name, rule in mapping.fields.items() if rule.columns} == {
        "filing_no": "合同编号",
        "booked_on": "签约日期",
        "area_m2": "建筑面积（平方米）",
        "amount_yuan": "合同总价",
        "estate_name": "楼盘名称",
        "region": "区县",
    }
    assert mapping.fields["booked_on"].order == "dmy"
    assert mapping.fields["amount_yuan"].unit == "万元"
    assert mapping.fields["row_kind"].value == "sign"


@pytest.mark.parametrize("name", list(DATASETS))
def test_our_own_words_and_names_are_all_recognised(tmp_path, name):
    target = dataset(name)
    for words in ([item.zh for item in target.fields], [item.name for item in target.fields]):
        path = tmp_path / "a.csv"
        path.write_text(",".join(words) + "\n", encoding="utf-8")
        mapping = propose(target, open_book(path))
        assert {item: rule.columns for item, rule in mapping.fields.items()} == {
            item.name: (word,) for item, word in zip(target.fields, words, strict=True)
        }

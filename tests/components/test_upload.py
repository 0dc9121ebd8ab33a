from __future__ import annotations

from components.upload import rearranged
from components.upload_parts import UNUSED
from data.ingest.datasets import dataset
from data.ingest.mapping import FieldRule, Mapping

SALES = dataset("sales_contract")
HEADINGS = ["年", "号", "签约", "面积", "备注"]


def mapping(**fields: FieldRule) -> Mapping:
    return Mapping(dataset="sales_contract", fields=fields)


def test_what_a_clerk_chooses_becomes_the_mapping() -> None:
    old = mapping(
        booked_on=FieldRule(columns=("签约",), order="dmy"),
        use=FieldRule(columns=("备注",), codes={"普": "residential"}),
        market=FieldRule(value="new"),
    )
    new = rearranged(
        SALES,
        old,
        HEADINGS,
        ["filing_no", "filing_no", "booked_on", "area_m2", UNUSED],
        ["", "", "mdy", "平方英尺", ""],
        {"market": "second_hand", "use": UNUSED, "home_qty": "1"},
    )
    assert new.fields == {
        "filing_no": FieldRule(columns=("年", "号")),
        "booked_on": FieldRule(columns=("签约",), order="mdy"),
        "market": FieldRule(value="second_hand"),
        "area_m2": FieldRule(columns=("面积",), unit="平方英尺", round="half_up"),
        "home_qty": FieldRule(value="1"),
    }


def test_translations_stay_where_a_field_only_moves() -> None:
    old = mapping(use=FieldRule(columns=("备注",), codes={"普": "residential"}))
    new = rearranged(SALES, old, HEADINGS, ["use", UNUSED, UNUSED, UNUSED, UNUSED], [""] * 5, {})
    assert new.fields == {"use": FieldRule(columns=("年",), codes={"普": "residential"})}


def test_the_usual_unit_needs_no_words() -> None:
    new = rearranged(SALES, mapping(), HEADINGS, [UNUSED] * 3 + ["area_m2", UNUSED], ["", "", "", "㎡", ""], {})
    assert new.fields == {"area_m2": FieldRule(columns=("面积",))}

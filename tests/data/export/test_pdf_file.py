"""Letters in the place of radicals, so that what looks like Chinese is found as Chinese."""

from __future__ import annotations

import unicodedata

from data.export.pdf_file import LETTERS, with_letters


def test_every_radical_becomes_a_letter_of_the_unified_block() -> None:
    assert all(unicodedata.name(radical).startswith(("KANGXI", "CJK RADICAL")) for radical in LETTERS)
    assert all(unicodedata.name(letter).startswith("CJK UNIFIED") for letter in LETTERS.values())
    assert (LETTERS["⽉"], LETTERS["⻚"], LETTERS["⽤"]) == ("月", "页", "用")


def test_single_glyphs_and_runs_are_mended_and_the_rest_is_left() -> None:
    glyphs = ["<00> <FF>", "<5A> <6CF0>", "<39> <2F49>", "<01> <03> <2F48>", "<04> <06> <0041>"]
    assert with_letters("\n".join(glyphs)).splitlines() == [
        "<00> <FF>",
        "<5A> <6CF0>",
        "<39> <6708>",
        "<01> <03> [<66F0> <6708> <6728>]",
        "<04> <06> <0041>",
    ]

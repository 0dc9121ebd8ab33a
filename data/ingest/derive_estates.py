"""Columns of estates, repair funds and scores that follow from their other rows and from their own terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from data.ingest.derive import Line
from data.models import Estate, RepairFundEntry, ScoreRecord

ONE_DAY = timedelta(days=1)
SHOWN = 4
"""Characters of an account's number that people see."""


def estate_bounds(row: Mapping[str, Any], valid_to: date | None) -> dict[str, date | None]:
    """Derived days of one version of an estate that ends at ``valid_to``; see :class:`data.models.Estate`."""
    body, term, begins = row["owner_body"], row["term_until_on"], row["valid_from"]
    out = term + ONE_DAY if term else None
    expired = None
    if body == "expired":
        expired = begins
    elif body in ("committee", "management") and out:
        expired = max(out, begins)
    return {
        "valid_to": valid_to,
        "in_office_until": min((day for day in (valid_to, out) if day), default=None),
        "expired_from": expired if expired and (valid_to is None or expired < valid_to) else None,
    }


def masked(account_no: str) -> str:
    """An account's number as people may see it: stars and its last four characters."""
    return f"****{account_no[-SHOWN:]}" if len(account_no) > SHOWN else "****"


def entry_bounds(row: Mapping[str, Any], next_on: date | None) -> dict[str, Any]:
    """Until when a booking's balance holds, and the account as people may see it."""
    return {"next_on": next_on, "account_masked": masked(row["account_no"])}


bound_estates = Line(
    Estate, ("estate_code",), "valid_from", ("valid_to", "in_office_until", "expired_from"), estate_bounds
).bring_up_to_date
"""Ends each version of an estate where the next begins, and bounds its owner body's time in office."""

link_fund = Line(
    RepairFundEntry, ("account_no",), "booked_on", ("next_on", "account_masked"), entry_bounds, ("entry_no",)
).bring_up_to_date
"""Lets each booking's balance end on the day of the account's next one, and masks the account."""

bound_scores = Line(
    ScoreRecord,
    ("subject_code", "score_kind"),
    "valid_from",
    ("valid_to",),
    lambda _, valid_to: {"valid_to": valid_to},
).bring_up_to_date
"""Ends each score where the next of its subject and kind takes over."""

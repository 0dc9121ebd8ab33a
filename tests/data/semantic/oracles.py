"""An independent SQL over the rows for each indicator, written from the indicator catalogue.

The text is plain SQL of both engines. ``{by}`` is the expression that names the member, ``{within}`` a condition on
the rows. Amounts lie in the tables as whole 分 and 0.01 ㎡. Parameters: a period is ``:lo <= day < :hi`` and ``:day``
its last day; ``:day_30`` is thirty days before ``:day``; ``:year_ago`` twelve calendar months before ``:hi``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Date, bindparam, text

from tests.data.semantic import estates
from tests.data.semantic import support_oracles as support

ORACLES: dict[str, str] = {
    # 当期批准预售的房屋建筑面积之和。 万㎡
    "ZF01": """
        SELECT {by}, SUM(area_m2) / 100.0 / 10000
        FROM b5_house_unit
        WHERE presale_on >= :lo AND presale_on < :hi AND {within}
        GROUP BY 1
    """,
    # 当期批准预售的房屋套数。
    "ZF01-units": """
        SELECT {by}, COUNT(*)
        FROM b5_house_unit
        WHERE presale_on >= :lo AND presale_on < :hi AND {within}
        GROUP BY 1
    """,
    # 当期新建商品房网签备案面积之和，撤销按撤销日以负数回冲。 万㎡
    "ZF02": """
        SELECT {by}, SUM(area_m2) / 100.0 / 10000
        FROM t08_sales_contract
        WHERE market = 'new' AND booked_on >= :lo AND booked_on < :hi AND {within}
        GROUP BY 1
    """,
    # 当期新建商品房网签备案套数，撤销按撤销日以负数回冲。
    "ZF02-units": """
        SELECT {by}, SUM(home_qty)
        FROM t08_sales_contract
        WHERE market = 'new' AND booked_on >= :lo AND booked_on < :hi AND {within}
        GROUP BY 1
    """,
    # 当期普通商品住宅网签金额与网签面积之比，剔除安置房；撤销不进均价。 元/㎡
    "ZF03": """
        SELECT {by}, SUM(amount_yuan) * 1.0 / NULLIF(SUM(area_m2), 0)
        FROM t08_sales_contract
        WHERE market = 'new' AND use = 'residential' AND ordinary = 'yes' AND resettlement = 'no'
          AND row_kind = 'sign' AND booked_on >= :lo AND booked_on < :hi AND {within}
        GROUP BY 1
    """,
    # 当日已取得预售许可或现售备案、尚未网签的房屋面积。 万㎡
    "ZF04": """
        SELECT {by}, SUM(area_m2) / 100.0 / 10000
        FROM b5_house_unit
        WHERE sale_open_on <= :day AND (signed_on IS NULL OR signed_on > :day) AND {within}
        GROUP BY 1
    """,
    # 当日已取得预售许可或现售备案、尚未网签的房屋套数。
    "ZF04-units": """
        SELECT {by}, COUNT(*)
        FROM b5_house_unit
        WHERE sale_open_on <= :day AND (signed_on IS NULL OR signed_on > :day) AND {within}
        GROUP BY 1
    """,
    # 当期首次取得预售许可或现售备案的房屋面积。 万㎡
    "ZF04-opened": """
        SELECT {by}, SUM(area_m2) / 100.0 / 10000
        FROM b5_house_unit
        WHERE sale_open_on >= :lo AND sale_open_on < :hi AND {within}
          AND sale_open_on = (SELECT MIN(same.sale_open_on) FROM b5_house_unit same
                              WHERE same.unit_code = b5_house_unit.unit_code)
        GROUP BY 1
    """,
    # 当期因网签退出可售库存的房屋面积，未扣撤销。 万㎡
    "ZF04-signed": """
        SELECT {by}, SUM(area_m2) / 100.0 / 10000
        FROM b5_house_unit
        WHERE signed_on >= :lo AND signed_on < :hi AND {within}
        GROUP BY 1
    """,
    # 当期因网签撤销重新进入可售库存的房屋面积。 万㎡
    "ZF04-cancelled": """
        SELECT {by}, SUM(area_m2) / 100.0 / 10000
        FROM b5_house_unit
        WHERE sale_open_on >= :lo AND sale_open_on < :hi AND {within}
          AND sale_open_on > (SELECT MIN(same.sale_open_on) FROM b5_house_unit same
                              WHERE same.unit_code = b5_house_unit.unit_code)
        GROUP BY 1
    """,
    "ZF04-opened_units": """
        SELECT {by}, COUNT(*)
        FROM b5_house_unit
        WHERE sale_open_on >= :lo AND sale_open_on < :hi AND {within}
          AND sale_open_on = (SELECT MIN(same.sale_open_on) FROM b5_house_unit same
                              WHERE same.unit_code = b5_house_unit.unit_code)
        GROUP BY 1
    """,
    "ZF04-signed_units": """
        SELECT {by}, COUNT(*)
        FROM b5_house_unit
        WHERE signed_on >= :lo AND signed_on < :hi AND {within}
        GROUP BY 1
    """,
    "ZF04-cancelled_units": """
        SELECT {by}, COUNT(*)
        FROM b5_house_unit
        WHERE sale_open_on >= :lo AND sale_open_on < :hi AND {within}
          AND sale_open_on > (SELECT MIN(same.sale_open_on) FROM b5_house_unit same
                              WHERE same.unit_code = b5_house_unit.unit_code)
        GROUP BY 1
    """,
    # 期末可售面积除以近12个月月均网签面积；各级从分子分母重算。 月
    "ZF05": """
        WITH part AS (
            SELECT {by} AS member, area_m2 AS unsold, 0 AS sold
            FROM b5_house_unit
            WHERE sale_open_on <= :day AND (signed_on IS NULL OR signed_on > :day) AND {within}
            UNION ALL
            SELECT {by}, 0, area_m2
            FROM t08_sales_contract
            WHERE market = 'new' AND booked_on >= :year_ago AND booked_on < :hi AND {within}
        )
        SELECT member, SUM(unsold) * 12.0 / NULLIF(SUM(sold), 0) FROM part GROUP BY 1
    """,
    # 当期存量房网签套数，撤销按撤销日回冲。
    "ZF06": """
        SELECT {by}, SUM(home_qty)
        FROM t08_sales_contract
        WHERE market = 'second_hand' AND booked_on >= :lo AND booked_on < :hi AND {within}
        GROUP BY 1
    """,
    # 当日各商品房预售资金监管账户余额之和: each account's newest booking of the day or before. 亿元
    "ZF07": """
        SELECT {by}, SUM(balance_yuan) / 100.0 / 100000000
        FROM t08_escrow_entry
        WHERE booked_on <= :day AND {within}
          AND NOT EXISTS (
            SELECT 1 FROM t08_escrow_entry later
            WHERE later.account_no = t08_escrow_entry.account_no AND later.booked_on <= :day
              AND (later.booked_on > t08_escrow_entry.booked_on
                   OR later.booked_on = t08_escrow_entry.booked_on AND later.entry_no > t08_escrow_entry.entry_no))
        GROUP BY 1
    """,
    # 当日监管账户余额占当期应留存重点监管额度的比例。 %
    "ZF07-coverage": """
        SELECT {by}, 100.0 * SUM(balance_yuan) / NULLIF(SUM(required_yuan), 0)
        FROM t08_escrow_entry
        WHERE booked_on <= :day AND {within}
          AND NOT EXISTS (
            SELECT 1 FROM t08_escrow_entry later
            WHERE later.account_no = t08_escrow_entry.account_no AND later.booked_on <= :day
              AND (later.booked_on > t08_escrow_entry.booked_on
                   OR later.booked_on = t08_escrow_entry.booked_on AND later.entry_no > t08_escrow_entry.entry_no))
        GROUP BY 1
    """,
    # 房地产开发投资年内累计额，取期末值；版本在12月31日止，次年从零起。 亿元
    "ZF08": """
        SELECT {by}, SUM(invest_ytd_yuan) / 100.0 / 100000000
        FROM t08_development_project
        WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)
          AND valid_from >= :new_year AND {within}
        GROUP BY 1
    """,
    # 当日停工（连续30天无施工考勤）或逾期（已过合同交付日未交付）的开发项目去重个数。
    "ZF09": """
        SELECT {by}, COUNT(DISTINCT project_no)
        FROM t08_development_project
        WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)
          AND delivered = 'no' AND (stalled_since <= :day_30 OR due_delivery_on < :day) AND {within}
        GROUP BY 1
    """,
    # 当日连续30天无施工考勤的未交付开发项目个数。
    "ZF09-stalled": """
        SELECT {by}, COUNT(DISTINCT project_no)
        FROM t08_development_project
        WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)
          AND delivered = 'no' AND stalled_since <= :day_30 AND {within}
        GROUP BY 1
    """,
    # 当日已过合同约定交付日仍未交付的开发项目个数。
    "ZF09-late": """
        SELECT {by}, COUNT(DISTINCT project_no)
        FROM t08_development_project
        WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)
          AND delivered = 'no' AND due_delivery_on < :day AND {within}
        GROUP BY 1
    """,
    # 保交房任务清单内项目已交付套数占任务套数的比例。 %
    "ZF10": """
        SELECT {by}, 100.0 * SUM(delivered_home_qty) / NULLIF(SUM(task_home_qty), 0)
        FROM t08_development_project
        WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)
          AND delivery_task = 'guaranteed' AND {within}
        GROUP BY 1
    """,
    **support.ORACLES,
    **estates.ORACLES,
}

QUOTIENTS = frozenset({"ZF03", "ZF05", "ZF07-coverage", "ZF10"}) | support.QUOTIENTS | estates.QUOTIENTS
"""Indicators that have no value, rather than zero, where there is nothing."""

MEMBER = {
    "": "''",
    "district": "district_id",
    "town": "region_id",
    "use": "use",
    "size_band": "size_band",
    "project": "COALESCE(project_no, '')",
    "bank": "COALESCE(bank, '')",
    "district+use": "district_id || '+' || use",
    **support.MEMBER,
    **estates.MEMBER,
}
"""How a row names its member of a dimension."""


def parameters(lo: date, hi: date) -> Mapping[str, date]:
    """Dates of the period ``lo <= day < hi``."""
    day = hi - timedelta(days=1)
    leap_day = (hi.month, hi.day) == (2, 29)
    return {
        "lo": lo,
        "hi": hi,
        "day": day,
        "day_30": day - timedelta(days=30),
        "year_ago": hi.replace(year=hi.year - 1, day=28 if leap_day else hi.day),
        "new_year": date(day.year, 1, 1),
    }


def oracle(
    connection: Connection, code: str, lo: date, hi: date, by: str = "", within: str = "1 = 1"
) -> dict[str, Any]:
    """Value by member; a member without rows is absent."""
    sql = ORACLES[code].format(by=MEMBER[by], within=within)
    dates = parameters(lo, hi)
    used = {name: dates[name] for name in re.findall(r":(\w+)", sql)}
    statement = text(sql).bindparams(*(bindparam(name, type_=Date()) for name in used))
    return {member: None if value is None else float(value) for member, value in connection.execute(statement, used)}

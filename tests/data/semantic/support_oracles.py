"""An independent SQL for each indicator of housing support and urban renewal, as :mod:`oracles` has them."""

from __future__ import annotations


def _task(column: str, kind: str, milestone: str) -> str:
    """当年累计: a quantity of one kind's tasks at one milestone, within the period."""
    return f"""
        SELECT {{by}}, SUM({column}) FROM b3_task_project
        WHERE task_kind = '{kind}' AND milestone = '{milestone}' AND booked_on >= :lo AND booked_on < :hi AND {{within}}
        GROUP BY 1
    """


def _to_date(column: str, kind: str, done: str, planned: str) -> str:
    """当年累计完成 ÷ 当年任务, from the New Year of the period's last day. %"""
    return f"""
        SELECT {{by}}, 100.0 * SUM(CASE WHEN milestone = '{done}' THEN {column} ELSE 0 END)
                       / NULLIF(SUM(CASE WHEN milestone = '{planned}' THEN {column} ELSE 0 END), 0)
        FROM b3_task_project
        WHERE task_kind = '{kind}' AND milestone IN ('{done}', '{planned}')
          AND booked_on >= :new_year AND booked_on < :hi AND {{within}}
        GROUP BY 1
    """


def _bought(status: str) -> str:
    """当期进入该状态的收购房源套数。"""
    return f"""
        SELECT {{by}}, COUNT(*) FROM t09_support_home
        WHERE source = 'purchased' AND status = '{status}' AND since_on >= :lo AND since_on < :hi AND {{within}}
        GROUP BY 1
    """


def _dangerous(column: str) -> str:
    """截至当日 C、D 级城镇危旧房。"""
    return f"""
        SELECT {{by}}, COUNT(*) FROM b5_house_safety
        WHERE category = 'urban' AND danger_grade IN ('c', 'd') AND {column} <= :day AND {{within}}
        GROUP BY 1
    """


ORACLES: dict[str, str] = {
    "ZF11": _task("home_qty", "rental", "raise"),
    "ZF11-started": _task("home_qty", "rental", "start"),
    "ZF11-completed": _task("home_qty", "rental", "finish"),
    "ZF11-rate": _to_date("home_qty", "rental", "raise", "plan"),
    # 当日享受公租房实物配租或租赁补贴的家庭户数。
    "ZF12": """
        SELECT {by}, COUNT(*) FROM t09_support_household
        WHERE since_on <= :day AND (until_on IS NULL OR until_on > :day) AND {within}
        GROUP BY 1
    """,
    # A spell that ends on the day it begins holds for no time: nobody has come or gone.
    "ZF12-begun": """
        SELECT {by}, COUNT(*) FROM t09_support_household
        WHERE since_on >= :lo AND since_on < :hi AND (until_on IS NULL OR until_on > since_on) AND {within}
        GROUP BY 1
    """,
    "ZF12-ended": """
        SELECT {by}, COUNT(*) FROM t09_support_household
        WHERE until_on >= :lo AND until_on < :hi AND until_on > since_on AND {within}
        GROUP BY 1
    """,
    # 当日公租房空置套数占公租房总套数的比例。 %
    "ZF12-vacancy": """
        SELECT {by}, 100.0 * SUM(CASE WHEN status = 'vacant' THEN 1 ELSE 0 END) / COUNT(*) FROM t09_support_home
        WHERE home_kind = 'public_rental' AND status IN ('occupied', 'vacant')
          AND since_on <= :day AND (until_on IS NULL OR until_on > :day) AND {within}
        GROUP BY 1
    """,
    "ZF13": _task("home_qty", "shanty", "start"),
    "ZF13-completed": _task("home_qty", "shanty", "finish"),
    "ZF14": _task("estate_qty", "old_estate", "finish"),
    "ZF14-buildings": _task("building_qty", "old_estate", "finish"),
    "ZF14-households": _task("household_qty", "old_estate", "finish"),
    "ZF14-started": _task("estate_qty", "old_estate", "start"),
    "ZF15": _task("lift_qty", "lift", "finish"),
    "ZF19-cleared": _dangerous("cleared_on"),
    "ZF19-found": _dangerous("found_on"),
    # 截至当日，鉴定为C、D级的城镇危旧房中已解危的比例。 %
    "ZF19": """
        SELECT {by}, 100.0 * SUM(CASE WHEN cleared_on <= :day THEN 1 ELSE 0 END) / COUNT(*) FROM b5_house_safety
        WHERE category = 'urban' AND danger_grade IN ('c', 'd') AND found_on <= :day AND {within}
        GROUP BY 1
    """,
    # 当期公示的住房保障资格申请从受理到公示的工作日中位数: the middle one, or the mean of the two in the middle.
    "ZF20": """
        WITH ranked AS (
            SELECT {by} AS member, workdays, ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY workdays) AS place,
                   COUNT(*) OVER (PARTITION BY {by}) AS n
            FROM t14_service_case
            WHERE item = 'housing_support' AND published_on >= :lo AND published_on < :hi AND {within}
        )
        SELECT member, AVG(workdays) FROM ranked WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY 1
    """,
    # 当期签订收购合同的存量商品房套数减去当期解约套数。
    "ZF22": """
        SELECT {by}, SUM(CASE WHEN status = 'signed' THEN 1 ELSE -1 END) FROM t09_support_home
        WHERE source = 'purchased' AND status IN ('signed', 'cancelled')
          AND since_on >= :lo AND since_on < :hi AND {within}
        GROUP BY 1
    """,
    "ZF22-gross": _bought("signed"),
    "ZF22-cancelled": _bought("cancelled"),
    "ZF22-paid": _bought("paid"),
    "ZF22-delivered": _bought("delivered"),
    "ZF22-occupied": _bought("occupied"),
    "ZF23": _to_date("amount_yuan", "renewal", "invest_done", "invest_plan"),
    "ZF24-closed": """
        SELECT {by}, COUNT(*) FROM t14_supervised_task
        WHERE task_kind = 'checkup_issue' AND due_on <= :day AND done_on <= :day AND {within}
        GROUP BY 1
    """,
    "ZF24-due": """
        SELECT {by}, COUNT(*) FROM t14_supervised_task
        WHERE task_kind = 'checkup_issue' AND due_on <= :day AND {within}
        GROUP BY 1
    """,
    # 截至当日已到期的城市体检应整改问题中已整改并复核销号的比例；未到期不进分母。 %
    "ZF24": """
        SELECT {by}, 100.0 * SUM(CASE WHEN done_on <= :day THEN 1 ELSE 0 END) / COUNT(*) FROM t14_supervised_task
        WHERE task_kind = 'checkup_issue' AND due_on <= :day AND {within}
        GROUP BY 1
    """,
    "ZF25-checked": """
        SELECT {by}, COUNT(*) FROM b5_house_safety
        WHERE category = 'checkup' AND found_on <= :day AND checked_on <= :day AND {within}
        GROUP BY 1
    """,
    "ZF25-listed": """
        SELECT {by}, COUNT(*) FROM b5_house_safety
        WHERE category = 'checkup' AND found_on <= :day AND {within}
        GROUP BY 1
    """,
    # 应体检房屋中已出具体检结论的幢数比例。 %
    "ZF25": """
        SELECT {by}, 100.0 * SUM(CASE WHEN checked_on <= :day THEN 1 ELSE 0 END) / COUNT(*) FROM b5_house_safety
        WHERE category = 'checkup' AND found_on <= :day AND {within}
        GROUP BY 1
    """,
}

QUOTIENTS = frozenset({"ZF11-rate", "ZF12-vacancy", "ZF19", "ZF20", "ZF23", "ZF24", "ZF25"})

MEMBER = {
    "mode": "mode",
    "task_funding": "funding",
    "asset_class": "asset_class",
    "support_kind": "support_kind",
    "home_source": "source",
    "home_kind": "home_kind",
    "danger_grade": "danger_grade",
    "build_band": "build_band",
    "structure": "structure",
    "verdict": "check_result",
    "case_channel": "channel",
    "checkup_dim": "checkup_dim",
    "section": "section",
    "district+danger_grade": "district_id || '+' || danger_grade",
}

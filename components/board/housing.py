"""What the pages of housing and the portal share."""

from __future__ import annotations

from typing import Final

from components.board.projects import Projects

TITLE: Final = "智慧住房"
PATH: Final = "/housing"

SECTIONS: Final = (
    ("总览", PATH),
    ("市场", f"{PATH}/market"),
    ("保障", f"{PATH}/support"),
    ("更新与物业", f"{PATH}/renewal"),
)
"""The housing page and those under it."""

TASKS: Final = ("ZF10", "ZF11", "ZF13", "ZF14", "ZF15", "ZF22", "ZF23")
"""The year's tasks in housing: deliveries, rental homes, renewal, lifts, homes bought, investment."""

LED_BY: Final = "ZF05"
"""The leading figure, of :data:`HOMES`, with the :data:`FLOWS` that move it."""
HOMES: Final = (("use", ("residential",)),)
HOMES_ZH: Final = "住宅"
FLOWS: Final = (("新增可售", "ZF04-opened"), ("网签", "ZF02"))

PROJECTS: Final = Projects(
    id="projects",
    zh="要处置的项目",
    troubled="ZF09",
    escrow="ZF07-coverage",
    cancelled="ZF04-cancelled_units",
)

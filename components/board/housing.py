"""What the housing page and the portal both show of housing."""

from __future__ import annotations

from typing import Final

from components.board.projects import Projects

TITLE: Final = "智慧住房"
PATH: Final = "/housing"

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

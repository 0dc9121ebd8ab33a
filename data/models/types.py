"""Column types the tables share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

LARGEST = 2**63
"""What an integer column holds stays below this."""


class Fixed(TypeDecorator[Decimal]):
    """A decimal kept as an integer of its smallest unit (分, 0.01 ㎡), so that sums are exact in any order."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, decimals: int) -> None:
        super().__init__()
        self.decimals = decimals

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Smallest units of ``value``, see :meth:`scaled`."""
        return None if value is None else self.scaled(value)

    def scaled(self, value: Any) -> int:
        """Smallest units of ``value``; ValueError for what is no number, too large, or finer than the unit."""
        try:
            scaled = Decimal(str(value)).scaleb(self.decimals)
        except ArithmeticError:
            raise ValueError(f"{value} is no number") from None
        if not abs(scaled) < LARGEST:
            raise ValueError(f"{value} is too large")
        if scaled != int(scaled):
            raise ValueError(f"{value} has more than {self.decimals} decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Natural value of ``value`` smallest units."""
        return None if value is None else Decimal(value).scaleb(-self.decimals)


BigId = BigInteger().with_variant(Integer, "sqlite")

identity = Annotated[int, mapped_column(BigId, primary_key=True, comment="内部编号")]
code20 = Annotated[str, mapped_column(String(20))]
code40 = Annotated[str, mapped_column(String(40))]
text100 = Annotated[str, mapped_column(String(100))]
area = Annotated[Decimal, mapped_column(Fixed(2))]
money = Annotated[Decimal, mapped_column(Fixed(2))]
day = Annotated[date, mapped_column(Date)]
region_ref = Annotated[str, mapped_column(ForeignKey("sys_region.id"))]

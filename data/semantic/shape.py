"""What an indicator's expression amounts to: a sum, or a constant times one quotient of sums; nothing else has parts.

All that a figure can be asked beyond its value (how it adds up, how it compares, why it changed) follows from this
normal form, so an expression that has none is refused when it is declared instead of being taken for something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.semantic.spec import Const, Expr, Operation, ToDate


class Shapeless(ValueError):
    """The expression is neither a sum nor one quotient of sums."""


@dataclass(frozen=True)
class Shape:
    """``scale * top / below``; without ``below`` it is a sum. Both are linear, without constants of their own."""

    top: Expr
    below: Expr | None = None
    scale: float = 1.0


@dataclass(frozen=True)
class _Form:
    """``scale * top / below + offset``; without ``top`` it is the number ``offset``."""

    top: Expr | None = None
    below: Expr | None = None
    scale: float = 1.0
    offset: float = 0.0

    @property
    def is_sum(self) -> bool:
        return self.top is not None and self.below is None and not self.offset


def shape_of(expr: Expr) -> Shape:
    """The normal form of ``expr``; raises :class:`Shapeless` where there is none.

    A share's complement, ``1 - a / b``, is the quotient ``(b - a) / b``; a sum plus a number is nothing, for its
    parts would not add up to it.
    """
    form = _form(expr)
    if form.top is None:
        raise Shapeless("是常数，没有度量")
    if not form.scale:
        raise Shapeless("乘以零")
    if not form.offset:
        return Shape(form.top, form.below, form.scale)
    if form.below is None:
        raise Shapeless("是度量之和再加常数，各部分相加不等于合计")
    size = abs(form.scale)
    share = _scaled(form.below, form.offset / size)
    top = Operation("+", share, form.top) if form.scale > 0 else Operation("-", share, form.top)
    return Shape(top, form.below, size)


def _form(expr: Expr) -> _Form:
    if isinstance(expr, Const):
        return _Form(offset=expr.value)
    if isinstance(expr, ToDate) and (inner := _pushed(expr)) is not expr:
        return _form(inner)
    if not isinstance(expr, Operation):
        return _Form(expr)
    left, right = _form(expr.left), _form(expr.right)
    match expr.sign:
        case "+":
            return _added(left, right)
        case "-":
            return _added(left, _times(right, -1.0))
        case "*":
            return _multiplied(left, right)
    return _divided(left, right, expr.right)


def _pushed(expr: ToDate) -> Expr:
    """The same with the year to date at the leaves, so that a quotient of sums shows as one."""
    inner = expr.of
    if isinstance(inner, Operation):
        return replace(inner, left=_pushed(ToDate(inner.left)), right=_pushed(ToDate(inner.right)))
    if isinstance(inner, ToDate):
        return _pushed(inner)
    return inner if isinstance(inner, Const) else expr


def _times(form: _Form, number: float) -> _Form:
    return replace(form, scale=form.scale * number, offset=form.offset * number)


def _added(left: _Form, right: _Form) -> _Form:
    if left.top is None or right.top is None:
        kept, number = (right, left.offset) if left.top is None else (left, right.offset)
        return replace(kept, offset=kept.offset + number)
    if left.below is not None or right.below is not None:
        raise Shapeless("是商与其他度量的和，请写成一个商，或拆成几个指标")
    offset = left.offset + right.offset
    if left.scale == right.scale:
        return _Form(Operation("+", left.top, right.top), scale=left.scale, offset=offset)
    if left.scale == -right.scale:
        return _Form(Operation("-", left.top, right.top), scale=left.scale, offset=offset)
    summed = Operation("+", _scaled(left.top, left.scale), _scaled(right.top, right.scale))
    return _Form(summed, offset=offset)


def _multiplied(left: _Form, right: _Form) -> _Form:
    if left.top is None:
        return _times(right, left.offset)
    if right.top is None:
        return _times(left, right.offset)
    raise Shapeless("是两个度量之积，不能由各部分重算")


def _divided(left: _Form, right: _Form, divisor: Expr) -> _Form:
    if right.top is None:
        if not right.offset:
            raise Shapeless("除以零")
        return _times(left, 1 / right.offset)
    if not (left.is_sum and right.is_sum):
        raise Shapeless("的分子、分母须各为度量之和")
    # The divisor stays as declared: “months of inventory” has a mean month below, not a year.
    return _Form(left.top, divisor, left.scale)


def _scaled(expr: Expr, number: float) -> Expr:
    return expr if number == 1 else Operation("*", Const(number), expr)

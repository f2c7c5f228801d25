"""Sums: exact decimals, so that taking back what was added leaves nothing behind.

A double counts as the shortest decimal that means it: 0.1 + 0.2 is 0.3. A sum has one form for one value: an
int where it is whole and of at most 40 digits, else a Decimal without trailing zeros.
"""

from decimal import Context, Decimal, Inexact, InvalidOperation
from math import floor
from typing import TypeAlias

Sum: TypeAlias = int | Decimal

_MOST_DIGITS = 1000  # from 1e308, 1e20 times, down to the last digit of 5e-324
_EXACTLY = Context(prec=_MOST_DIGITS, traps=[Inexact, InvalidOperation])
_WHOLE_DIGITS = 40
_ALWAYS_WHOLE = 2.0**53
_MOST_INTEGER = 2**63
_GREATEST = 1.7976931348623157e308


def exactly(number: float) -> Sum:
    """What a JSON number counts as."""
    if type(number) is int:
        return number
    if -_ALWAYS_WHOLE < number < _ALWAYS_WHOLE and number.is_integer():
        return int(number)
    return _in_one_form(Decimal(repr(number)))


def plus(one: Sum, other: Sum) -> Sum:
    """The exact sum of two."""
    if type(one) is int and type(other) is int:
        return one + other
    return _in_one_form(_EXACTLY.add(one, other))


def quotient(total: Sum, count: int) -> float:
    """The double nearest to total / count; never -0.0."""
    numerator, denominator = total.as_integer_ratio()
    return numerator / (denominator * count) + 0.0


def sortable(total: Sum) -> int | float:
    """A JSON number that sorts as `total` does, as far as 64 bits and doubles can tell sums apart."""
    if -_ALWAYS_WHOLE < total < _ALWAYS_WHOLE and type(total) is Decimal:
        return float(total)
    if -_MOST_INTEGER <= total < _MOST_INTEGER:
        return floor(total)
    return min(max(float(total), -_GREATEST), _GREATEST)


def read_sum(written: str | int) -> Sum:
    """What `write_sum` wrote."""
    return written if type(written) is int else _in_one_form(Decimal(written))


def write_sum(total: Sum) -> str | int:
    """As JSON can hold it without losing a digit: a string where it is no whole number within 64 bits."""
    is_short = type(total) is int and -_MOST_INTEGER <= total < _MOST_INTEGER
    return total if is_short else str(total)  # type: ignore[return-value]


def _in_one_form(total: Decimal) -> Sum:
    plain = total.normalize(_EXACTLY)
    is_whole = int(plain.as_tuple().exponent) >= 0 and plain.adjusted() < _WHOLE_DIGITS
    return int(plain) if is_whole else plain

"""How many: the whole numbers next to a fraction of n, reckoned in decimal as a person would."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache


@lru_cache  # tests ask the same of layer after layer
def legitimate(fraction: float, n: int) -> tuple[int, int]:
    """Return (floor, ceil) of ``Decimal(repr(fraction)) * n``: 0.29 of 100 is 29 on both sides.

    In binary 0.29 * 100 is 28.999999999999996, which is why the product is not left to floating point.
    """
    product = Decimal(repr(fraction)) * n
    return int(product.to_integral_value(ROUND_FLOOR)), int(product.to_integral_value(ROUND_CEILING))

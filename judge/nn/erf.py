"""The complementary error function on arrays, in float64.

NumPy has none and ``math.erfc`` takes one number. These are the rational approximations of W. J. Cody, "Rational
Chebyshev approximations for the error function", Math. Comp. 23 (1969), with the coefficients of his CALERF
(netlib.org/specfun/erf): a relative error of some 1e-16 on each of the three ranges of |x|.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_NEAR = 0.46875  # up to here erf(x) = x P(x^2) / Q(x^2)
_FAR = 4.0  # up to here erfc(x) = exp(-x^2) P(x) / Q(x), beyond it is a series in 1 / x^2
_GONE = 28.0  # exp(-28^2) is 0 in float64
_ONE_OVER_SQRT_PI = 0.56418958354775628695

_PIECE = 1 << 14

# Coefficients from the highest power down.
_NEAR_P = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_NEAR_Q = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3)
_MIDDLE_P = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
_MIDDLE_Q = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)
_FAR_P = (
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
)
_FAR_Q = (
    1.0,
    2.56852019228982242e0,
    1.87295284992346725e0,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)


def erfc(x: ArrayLike) -> NDArray[np.float64]:
    """Return 1 - erf(x) elementwise as float64, of the shape of ``x``; NaN stays NaN.

    Accurate to some 1e-15 of itself, also where it is tiny (down to the subnormal numbers).
    """
    x = np.asarray(x, dtype=np.float64)
    if x.size > _PIECE:  # a piece at a time stays in the cache
        flat = x.reshape(-1)
        pieces = [erfc(flat[start : start + _PIECE]) for start in range(0, x.size, _PIECE)]
        return np.concatenate(pieces).reshape(x.shape)
    size = np.abs(x)
    result: NDArray[np.float64] = np.empty_like(size)
    near = size <= _NEAR
    far = size > _FAR
    middle = ~(near | far)  # NaN is neither near nor far, and comes out of the middle as it went in
    with np.errstate(under="ignore"):
        if near.any():
            value = x[near]
            square = value * value
            result[near] = 1.0 - value * (_polynomial(_NEAR_P, square) / _polynomial(_NEAR_Q, square))
        if middle.any():
            value = size[middle]
            tail = _exp_minus_square(value) * (_polynomial(_MIDDLE_P, value) / _polynomial(_MIDDLE_Q, value))
            result[middle] = _reflect(x[middle], tail)
        if far.any():
            value = np.minimum(size[far], _GONE)
            inverse = 1.0 / (value * value)
            series = inverse * (_polynomial(_FAR_P, inverse) / _polynomial(_FAR_Q, inverse))
            tail = _exp_minus_square(value) * ((_ONE_OVER_SQRT_PI - series) / value)
            result[far] = _reflect(x[far], tail)
    return result


def _polynomial(coefficients: tuple[float, ...], x: NDArray[Any]) -> NDArray[Any]:
    """Horner's rule; the first coefficient is that of the highest power."""
    value: NDArray[Any] = coefficients[0] * x
    for coefficient in coefficients[1:-1]:
        value += coefficient
        value *= x
    value += coefficients[-1]
    return value


def _exp_minus_square(x: NDArray[Any]) -> NDArray[Any]:
    """exp(-x^2) without the rounding error of x^2, which exp would enlarge: x is split at a sixteenth."""
    head = np.floor(x * 16.0) / 16.0
    result: NDArray[Any] = np.exp(-head * head) * np.exp((head - x) * (head + x))
    return result


def _reflect(x: NDArray[Any], tail: NDArray[Any]) -> NDArray[Any]:
    """erfc(-x) = 2 - erfc(x), given erfc of the absolute value."""
    return np.where(x < 0.0, 2.0 - tail, tail)

"""Pooling over windows of (N, C, H, W), without padding; windows that do not fit wholly are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from judge.nn.arguments import batch, pair, working_dtype
from judge.nn.base import Layer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class _Pool2d(Layer):
    kernel_size: tuple[int, int]
    stride: tuple[int, int]

    def __init__(self, kernel_size: int | tuple[int, int], stride: int | tuple[int, int] | None = None) -> None:
        """``kernel_size`` and ``stride``: an int or a pair (rows, columns), kept as a pair; ``None``: ``kernel_size``.

        Raises ``TypeError`` for another type and ``ValueError`` for an entry below 1.
        """
        self.kernel_size = pair(self, "kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else pair(self, "stride", stride, 1)

    def _sizes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Kernel size and stride as pairs, whatever was assigned since."""
        kernel = pair(self, "kernel_size", self.kernel_size, 1)
        return kernel, kernel if self.stride is None else pair(self, "stride", self.stride, 1)

    def _reduce(self, x: NDArray[Any], combine: np.ufunc) -> NDArray[Any]:
        """Combine each window: along its rows first, then its columns, kh + kw slices instead of kh * kw."""
        kernel, stride = self._sizes()
        for axis in (2, 3):
            size, step = kernel[axis - 2], stride[axis - 2]
            windows = (x.shape[axis] - size) // step + 1
            if windows < 1:
                raise ValueError(f"{type(self).__name__}: a window of {kernel} does not fit into {x.shape}")
            x = _combine(x, axis, size, step, windows, combine)
        return x

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}"


class MaxPool2d(_Pool2d):
    """The largest entry of each window: (N, C, H, W) to (N, C, (H - kh) // sh + 1, (W - kw) // sw + 1).

    Keeps the input's dtype. Raises ``ValueError`` where not one window fits. torch.nn.MaxPool2d without padding,
    dilation or ceil_mode.
    """

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        return self._reduce(batch(self, x, "(N, C, H, W)"), np.maximum)


class AvgPool2d(_Pool2d):
    """The mean of each window: (N, C, H, W) to (N, C, (H - kh) // sh + 1, (W - kw) // sw + 1).

    Keeps the input's dtype, float16 summed in float32. Raises ``ValueError`` where not one window fits.
    torch.nn.AvgPool2d without padding or ceil_mode.
    """

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        x = batch(self, x, "(N, C, H, W)")
        dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
        total = self._reduce(x.astype(working_dtype(dtype), copy=False), np.add)
        (rows, columns), _ = self._sizes()
        return (total / (rows * columns)).astype(dtype, copy=False)


def _combine(x: NDArray[Any], axis: int, size: int, step: int, windows: int, combine: np.ufunc) -> NDArray[Any]:
    """Combine ``x[i : i + size]`` along ``axis`` for the ``windows`` starts i = 0, step, 2 step, ..."""
    span = step * (windows - 1) + 1
    lead = (slice(None),) * axis
    result: NDArray[Any] = x[(*lead, slice(0, span, step))].copy()
    for offset in range(1, size):
        combine(result, x[(*lead, slice(offset, offset + span, step))], out=result)
    return result

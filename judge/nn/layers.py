"""The layers that hold arrays: Linear, Conv2d, BatchNorm1d, BatchNorm2d."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from judge.nn.arguments import array, batch, count, number, optional_array, pair, parameter, working_dtype
from judge.nn.base import Layer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Unfolded input that a convolution holds at a time, where more than one image is given.
_UNFOLDED_BYTES = 1 << 24


class Linear(Layer):
    """y = x @ weight.T + bias, on the last axis: (N, in) to (N, out) (torch.nn.Linear)."""

    PARAMETERS: ClassVar[tuple[str, ...]] = ("weight", "bias")
    weight: NDArray[Any]
    bias: NDArray[Any] | None

    def __init__(self, weight: ArrayLike, bias: ArrayLike | None = None) -> None:
        """``weight`` (out, in), ``bias`` (out,) or ``None``; arrays are kept, not copied, lists become float32.

        Raises ``TypeError`` for what is no array and ``ValueError`` for a wrong number of axes.
        """
        self.weight = array(self, "weight", weight, "(out, in)")
        self.bias = optional_array(self, "bias", bias, "(out,)")

    @property
    def in_features(self) -> int:
        """Columns of the weight."""
        return int(self.weight.shape[1])

    @property
    def out_features(self) -> int:
        """Rows of the weight."""
        return int(self.weight.shape[0])

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        weight = parameter(self, "weight", 2)
        x = np.asarray(x)
        if x.ndim < 1 or x.shape[-1] != weight.shape[1]:
            raise ValueError(f"{type(self).__name__} needs an input of shape (N, {weight.shape[1]}), not {x.shape}")
        work = working_dtype(weight.dtype)
        y: NDArray[Any] = _as_seen(x, weight.dtype, work) @ weight.astype(work, copy=False).T
        if self.bias is not None:
            y += _vector(self, "bias", weight.shape[0], work)
        return y.astype(weight.dtype, copy=False)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Conv2d(Layer):
    """Cross-correlation of (N, C, H, W) with (out, C // groups, kh, kw) (torch.nn.Conv2d, zeros as padding).

    The output is (N, out, (H + 2 ph - kh) // sh + 1, (W + 2 pw - kw) // sw + 1).
    """

    PARAMETERS: ClassVar[tuple[str, ...]] = ("weight", "bias")
    weight: NDArray[Any]
    bias: NDArray[Any] | None
    stride: tuple[int, int]
    padding: tuple[int, int]
    groups: int

    def __init__(
        self,
        weight: ArrayLike,
        bias: ArrayLike | None = None,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        groups: int = 1,
    ) -> None:
        """``weight`` (out, in // groups, kh, kw), ``bias`` (out,) or ``None``; arrays are kept, lists become float32.

        ``stride`` and ``padding``: an int or a pair (rows, columns), kept as a pair.
        Raises ``TypeError`` for a wrong type, ``ValueError`` for a wrong number of axes or a size out of range.
        """
        self.weight = array(self, "weight", weight, "(out, in // groups, kh, kw)")
        self.bias = optional_array(self, "bias", bias, "(out,)")
        self.stride = pair(self, "stride", stride, 1)
        self.padding = pair(self, "padding", padding, 0)
        self.groups = count(self, "groups", groups)

    @property
    def in_channels(self) -> int:
        """Channels of the input: those that one group sees, times the groups."""
        return int(self.weight.shape[1]) * self.groups

    @property
    def out_channels(self) -> int:
        """Channels of the output."""
        return int(self.weight.shape[0])

    @property
    def kernel_size(self) -> tuple[int, int]:
        """Rows and columns of the kernel."""
        return int(self.weight.shape[2]), int(self.weight.shape[3])

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        weight = parameter(self, "weight", 4)
        groups = count(self, "groups", self.groups)
        stride, padding = pair(self, "stride", self.stride, 1), pair(self, "padding", self.padding, 0)
        out, per_group, kh, kw = weight.shape
        if out % groups:
            raise ValueError(f"{type(self).__name__}: {out} output channels cannot be split into {groups} groups")
        x = batch(self, x, "(N, C, H, W)", per_group * groups)
        work = working_dtype(weight.dtype)
        x = _pad(_as_seen(x, weight.dtype, work), padding)
        if x.shape[2] < kh or x.shape[3] < kw:
            raise ValueError(f"{type(self).__name__}: a kernel of {(kh, kw)} does not fit into {x.shape}")
        kernels = weight.reshape(groups, out // groups, per_group * kh * kw).astype(work, copy=False)
        y = _correlate(x, kernels, (kh, kw), stride)
        if self.bias is not None:
            y += _vector(self, "bias", out, work)[:, None, None]
        return y.astype(weight.dtype, copy=False)

    def extra_repr(self) -> str:
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        if self.padding not in (0, (0, 0)):
            parts.append(f"padding={self.padding}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        return ", ".join(parts)


class _BatchNorm(Layer):
    """y = (x - running_mean) / sqrt(running_var + eps) * weight + bias, each channel (axis 1) on its own."""

    PARAMETERS: ClassVar[tuple[str, ...]] = ("weight", "bias")
    weight: NDArray[Any]
    bias: NDArray[Any]
    running_mean: NDArray[Any]
    running_var: NDArray[Any]
    eps: float

    def __init__(
        self,
        weight: ArrayLike,
        bias: ArrayLike,
        running_mean: ArrayLike,
        running_var: ArrayLike,
        eps: float = 1e-5,
    ) -> None:
        """All four arrays are (C,), and kept, not copied; lists become float32.

        Raises ``TypeError`` for a wrong type and ``ValueError`` for a wrong number of axes.
        """
        self.weight = array(self, "weight", weight, "(C,)")
        self.bias = array(self, "bias", bias, "(C,)")
        self.running_mean = array(self, "running_mean", running_mean, "(C,)")
        self.running_var = array(self, "running_var", running_var, "(C,)")
        self.eps = number(self, "eps", eps)

    @property
    def num_features(self) -> int:
        """Channels: the length of the weight."""
        return int(self.weight.shape[0])

    def _normalise(self, x: NDArray[Any]) -> NDArray[Any]:
        weight = parameter(self, "weight", 1)
        work = working_dtype(weight.dtype)
        channels = weight.shape[0]
        shape = (channels,) + (1,) * (x.ndim - 2)
        variance = _vector(self, "running_var", channels, work)
        scale = weight.astype(work, copy=False) / np.sqrt(variance + float(self.eps))
        y: NDArray[Any] = _as_seen(x, weight.dtype, work) - _vector(self, "running_mean", channels, work).reshape(shape)
        y *= scale.reshape(shape)
        y += _vector(self, "bias", channels, work).reshape(shape)
        return y.astype(weight.dtype, copy=False)

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}"


class BatchNorm1d(_BatchNorm):
    """Batch normalisation in evaluation mode of (N, C), or (N, C, L) (torch.nn.BatchNorm1d).

    y = (x - running_mean) / sqrt(running_var + eps) * weight + bias; Ioffe and Szegedy, arXiv:1502.03167.
    """

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        x = np.asarray(x)
        layout = "(N, C, L)" if x.ndim == 3 else "(N, C)"
        return self._normalise(batch(self, x, layout, parameter(self, "weight", 1).shape[0]))


class BatchNorm2d(_BatchNorm):
    """Batch normalisation in evaluation mode of (N, C, H, W), a channel at a time (torch.nn.BatchNorm2d).

    y = (x - running_mean) / sqrt(running_var + eps) * weight + bias; Ioffe and Szegedy, arXiv:1502.03167.
    """

    def forward(self, x: ArrayLike) -> NDArray[Any]:
        return self._normalise(batch(self, x, "(N, C, H, W)", parameter(self, "weight", 1).shape[0]))


def _as_seen(x: NDArray[Any], dtype: np.dtype[Any], work: np.dtype[Any]) -> NDArray[Any]:
    """Return ``x`` as a network of ``dtype`` would see it, rounded to it, in the dtype that is computed in."""
    return x.astype(dtype, copy=False).astype(work, copy=False)


def _vector(owner: Layer, name: str, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the attribute ``name`` as a vector of ``size`` entries; NumPy would broadcast one of size 1 silently."""
    vector = parameter(owner, name, 1)
    if vector.shape != (size,):
        raise ValueError(f"{type(owner).__name__}: {name} must have the shape ({size},), not {vector.shape}")
    return vector.astype(dtype, copy=False)


def _pad(x: NDArray[Any], padding: tuple[int, int]) -> NDArray[Any]:
    """Put ``padding`` rows and columns of zeros around each channel."""
    if padding == (0, 0):
        return x
    n, channels, height, width = x.shape
    (top, left) = padding
    padded = np.zeros((n, channels, height + 2 * top, width + 2 * left), x.dtype)
    padded[:, :, top : top + height, left : left + width] = x
    return padded


def _correlate(
    x: NDArray[Any], kernels: NDArray[Any], kernel_size: tuple[int, int], stride: tuple[int, int]
) -> NDArray[Any]:
    """Slide kernels (groups, out // groups, in // groups * kh * kw) over the padded ``x``, as one product per group.

    ``windows[n, c, i, j, row, column]`` is ``x[n, c, row * sh + i, column * sw + j]``, a view; unfolded to a column a
    window, (n, groups, in // groups * kh * kw, rows * columns), it has most entries kh * kw times, so a large batch is
    done some images at a time. Kernel positions come before pixel positions, so that the copy runs along the rows of
    the image and the product comes out as NCHW.
    """
    (n, channels, height, width), (kh, kw), (sh, sw) = x.shape, kernel_size, stride
    rows, columns = (height - kh) // sh + 1, (width - kw) // sw + 1
    along_n, along_c, along_h, along_w = x.strides
    windows = np.lib.stride_tricks.as_strided(
        x,
        (n, channels, kh, kw, rows, columns),
        (along_n, along_c, along_h, along_w, along_h * sh, along_w * sw),
        writeable=False,
    )
    groups, out, fan_in = kernels.shape
    y = np.empty((n, groups, out, rows * columns), x.dtype)
    step = max(1, _UNFOLDED_BYTES // max(1, channels * kh * kw * rows * columns * x.itemsize))
    for start in range(0, n, step):
        part = windows[start : start + step]
        # No name for the unfolded copy: it would live on while the next one is made.
        np.matmul(kernels, part.reshape(len(part), groups, fan_in, rows * columns), out=y[start : start + step])
    return y.reshape(n, groups * out, rows, columns)

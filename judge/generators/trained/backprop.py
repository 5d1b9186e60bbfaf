"""Training in plain NumPy: the forward pass with batch statistics, its derivative by hand, and Adam.

Works on the judge's own layers, whose arrays are changed in place, and on the kinds that the stored networks are made
of: ``Linear``, ``Conv2d`` (no groups), ``BatchNorm1d/2d``, ``ReLU``, ``Flatten`` and pooling whose windows neither
overlap nor leave a rest. Everything is meant to run in float64: the networks are tiny, and rounding stays out of sight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential

Array = NDArray[np.floating]
Masks = Mapping[str, NDArray[np.bool_]]
# Takes the derivative by a layer's output; returns that by its input and those by its parameters.
Pullback = Callable[[Array], tuple[Array, dict[str, Array]]]

BN_MOMENTUM = 0.1  # torch's: the share of the newest batch in the running statistics


def _linear(layer: Linear, x: Array) -> tuple[Array, Pullback]:
    def back(grad: Array) -> tuple[Array, dict[str, Array]]:
        return grad @ layer.weight, {"weight": grad.T @ x, "bias": grad.sum(axis=0)}

    return x @ layer.weight.T + _bias(layer), back


def _conv(layer: Conv2d, x: Array) -> tuple[Array, Pullback]:
    if layer.groups != 1:
        raise ValueError("training knows no groups")
    (kh, kw), (sh, sw), (ph, pw) = layer.kernel_size, layer.stride, layer.padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    out = np.tensordot(windows, layer.weight, axes=([1, 4, 5], [1, 2, 3])) + _bias(layer)

    def back(grad: Array) -> tuple[Array, dict[str, Array]]:
        by_input = np.zeros_like(padded)
        rows, cols = grad.shape[2:]
        for i in range(kh):
            for j in range(kw):
                part = np.tensordot(grad, layer.weight[:, :, i, j], axes=([1], [0]))  # (N, rows, cols, in)
                by_input[:, :, i : i + sh * rows : sh, j : j + sw * cols : sw] += part.transpose(0, 3, 1, 2)
        by_weight = np.tensordot(grad, windows, axes=([0, 2, 3], [0, 2, 3]))
        inner = by_input[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]]
        return inner, {"weight": by_weight, "bias": grad.sum(axis=(0, 2, 3))}

    return out.transpose(0, 3, 1, 2), back


def _batch_norm(layer: BatchNorm1d | BatchNorm2d, x: Array) -> tuple[Array, Pullback]:
    axes = (0, *range(2, x.ndim))
    shape = (1, -1, *[1] * (x.ndim - 2))
    count = x.size // x.shape[1]
    mean, var = x.mean(axis=axes), x.var(axis=axes)
    # As torch: the batch is normalised with the biased variance, the running one is unbiased.
    layer.running_mean += BN_MOMENTUM * (mean - layer.running_mean)
    layer.running_var += BN_MOMENTUM * (var * count / (count - 1) - layer.running_var)
    scale = 1 / np.sqrt(var + layer.eps)
    normal = (x - mean.reshape(shape)) * scale.reshape(shape)

    def back(grad: Array) -> tuple[Array, dict[str, Array]]:
        by_bias, by_weight = grad.sum(axis=axes), (grad * normal).sum(axis=axes)
        centred = grad - (by_bias.reshape(shape) + normal * by_weight.reshape(shape)) / count
        return centred * (layer.weight * scale).reshape(shape), {"weight": by_weight, "bias": by_bias}

    return normal * layer.weight.reshape(shape) + layer.bias.reshape(shape), back


def _relu(_: ReLU, x: Array) -> tuple[Array, Pullback]:
    return np.maximum(x, 0), lambda grad: (grad * (x > 0), {})


def _flatten(_: Flatten, x: Array) -> tuple[Array, Pullback]:
    return x.reshape(len(x), -1), lambda grad: (grad.reshape(x.shape), {})


def _pool(layer: MaxPool2d | AvgPool2d, x: Array) -> tuple[Array, Pullback]:
    (kh, kw), (n, c, h, w) = layer.kernel_size, x.shape
    if layer.stride != layer.kernel_size or h % kh or w % kw:
        raise ValueError("training knows only pooling windows that tile their input")
    tiles = x.reshape(n, c, h // kh, kh, w // kw, kw)
    if isinstance(layer, AvgPool2d):
        out = tiles.mean(axis=(3, 5))
        share = np.full_like(tiles, 1 / (kh * kw))
    else:
        out = tiles.max(axis=(3, 5))
        best = tiles == out[:, :, :, None, :, None]
        share = best / best.sum(axis=(3, 5), keepdims=True)  # equal maxima share the derivative
    return out, lambda grad: ((share * grad[:, :, :, None, :, None]).reshape(x.shape), {})


def _bias(layer: Linear | Conv2d) -> Array:
    return np.zeros(len(layer.weight)) if layer.bias is None else layer.bias


_FORWARD: dict[type, Callable[[Any, Array], tuple[Array, Pullback]]] = {
    Linear: _linear,
    Conv2d: _conv,
    BatchNorm1d: _batch_norm,
    BatchNorm2d: _batch_norm,
    ReLU: _relu,
    Flatten: _flatten,
    MaxPool2d: _pool,
    AvgPool2d: _pool,
}


def cross_entropy(logits: Array, labels: NDArray[np.integer]) -> tuple[float, Array]:
    """Mean cross-entropy in nats of ``logits (N, C)`` against ``labels (N,)``, and its derivative by the logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    grad = np.exp(logs)
    grad[rows, labels] -= 1
    return float(-logs[rows, labels].mean()), grad / len(labels)


def gradients(model: Sequential, images: Array, labels: NDArray[np.integer]) -> tuple[float, dict[str, Array]]:
    """The loss of one batch in training mode and its derivative by every parameter, named as torch names them.

    Running statistics of batch normalisation are updated on the way.
    """
    x, tape = images, list[Pullback]()
    for layer in model:
        x, back = _FORWARD[type(layer)](layer, x)
        tape.append(back)
    loss, grad = cross_entropy(x, labels)
    named: dict[str, Array] = {}
    for index in reversed(range(len(tape))):
        grad, own = tape[index](grad)
        named |= {f"{index}.{name}": value for name, value in own.items()}
    return loss, named


def fit(
    model: Sequential,
    images: Array,
    labels: NDArray[np.integer],
    *,
    epochs: int,
    batch: int,
    rate: float,
    rng: np.random.Generator,
    decay: float = 0.0,
    masks: Masks | None = None,
) -> float:
    """Trains in place with Adam, decoupled weight decay and a rate that falls to 0 along a cosine.

    ``masks`` maps parameter names to arrays, True = trained; everything else is held at zero by masking the *weights*
    after each step (masking gradients alone would let Adam's momentum revive them). Returns the last batch's loss.
    """
    parameters = dict(model.named_parameters())
    masks = masks or {}
    first = {name: np.zeros_like(array) for name, array in parameters.items()}
    second = {name: np.zeros_like(array) for name, array in parameters.items()}
    steps = epochs * -(-len(images) // batch)
    step, loss = 0, float("nan")
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images), batch):
            chosen = order[start : start + batch]
            loss, grads = gradients(model, images[chosen], labels[chosen])
            now = rate * (1 + np.cos(np.pi * step / steps)) / 2
            step += 1
            for name, array in parameters.items():
                grad = grads[name]
                first[name] += 0.1 * (grad - first[name])
                second[name] += 0.001 * (grad * grad - second[name])
                move = first[name] / (1 - 0.9**step) / (np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8)
                array -= now * (move + (decay * array if array.ndim > 1 else 0.0))
                if name in masks:
                    array[~masks[name]] = 0
    return loss

"""Three small networks trained on real images, and the images: what hidden tests and figures use as "real".

    load("cnn")             a fresh network, arrays of its own, float32
    digits("cnn")           the images in the form this network takes, scaled to [0, 1], and their labels
    accuracy(model, ...)    the share of images that a network labels right

Everything comes from the safetensors files beside this one, made by ``train.py``; see README.md. A file is read once
per process, and the ``safetensors`` library is imported when the first one is.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from judge.nn import Sequential
from judge.nn.spec import ARRAYS, Header, unpack

__all__ = ["UNPRUNED", "Digits", "accuracy", "array_names", "digits", "load", "names"]

FOLDER = Path(__file__).resolve().parent
METADATA_KEY = "network"  # of a network's file; one key only, so that the file's bytes do not hang on a hash order

#: What :func:`accuracy` says of the networks as they are stored, on test and on training images; tests hold it to that.
UNPRUNED = {
    "mlp": {"test": 0.972, "train": 1.0},
    "cnn": {"test": 0.988, "train": 0.9992289899768697},
    "overfitted": {"test": 0.754, "train": 1.0},
}
_INPUT_SHAPES: dict[str, tuple[int, ...]] = {"mlp": (64,), "cnn": (1, 8, 8), "overfitted": (64,)}


class Digits(Struct, frozen=True):
    """Images and labels; the arrays are shared by all callers and therefore read-only.

    Images are float32 in [0, 1], ``(N, 64)`` or ``(N, 1, 8, 8)``; labels int64 ``(N,)`` in 0..9. ``train_labels`` are
    those the network was trained on, for "overfitted" partly wrong; ``true_train_labels`` are the right ones.
    """

    train_images: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    true_train_labels: NDArray[np.int64]
    test_images: NDArray[np.float32]
    test_labels: NDArray[np.int64]


def names() -> tuple[str, ...]:
    """The names that :func:`load` and :func:`digits` know."""
    return tuple(_INPUT_SHAPES)


def load(name: str) -> Sequential:
    """The stored network ``name``, float32, C order; every call makes new arrays. ``KeyError`` for another name."""
    _INPUT_SHAPES[name]
    header, arrays = _network(name)
    return unpack(header, [array.copy() for array in arrays])


@cache
def digits(name: str) -> Digits:
    """Training and test images in the form that network ``name`` takes. ``KeyError`` for another name."""
    shape = _INPUT_SHAPES[name]
    stored, _ = _read("digits")
    images = (stored["images"].astype(np.float32) / np.float32(16)).reshape(-1, *shape)
    labels = stored["labels"].astype(np.int64)
    count = int(stored["train_count"][0])
    rows = np.arange(count)
    train_labels = labels[:count]
    if name == "overfitted":
        rows, train_labels = stored["overfitted_rows"].astype(np.int64), stored["overfitted_labels"].astype(np.int64)
    result = Digits(images[rows], train_labels, labels[rows], images[count:], labels[count:])
    for field in Digits.__struct_fields__:
        getattr(result, field).flags.writeable = False
    return result


def accuracy(model: Sequential, images: NDArray[Any], labels: NDArray[np.integer]) -> float:
    """The share, in [0, 1], of ``images`` whose largest output is at their label (the first of equal ones counts)."""
    return float(np.mean(np.argmax(model(images), axis=1) == labels))


def array_names(header: Header) -> list[str]:
    """Torch's name for each array of a packed network, in order. For networks without ``Residual``, as all here are."""
    named = {
        entry[attribute]: f"{index}.{attribute}"
        for index, entry in enumerate(header)
        for attribute in ARRAYS[entry["kind"]]
        if entry[attribute] is not None
    }
    return [named[position] for position in range(len(named))]


@cache
def _network(name: str) -> tuple[Header, list[NDArray[Any]]]:
    stored, metadata = _read(name)
    header: Header = json.loads(metadata[METADATA_KEY])
    return header, [stored[array] for array in array_names(header)]


def _read(name: str) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    from safetensors import safe_open  # here, since most judgings need no trained network

    with safe_open(FOLDER / f"{name}.safetensors", framework="numpy") as file:
        return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}  # noqa: SIM118 (no mapping)

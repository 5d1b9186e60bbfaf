"""The network that a solution receives: torch.nn's names and shapes on plain NumPy arrays, inference only.

Every layer is callable on a batch, (N, F) or (N, C, H, W). What a layer computes is in its docstring; what it
holds are plain attributes that may be read, assigned and compared. This package imports NumPy and nothing else,
since it is loaded beside every submission.

    base.py         Layer: calling, names, repr            arguments.py   what constructors and calls check
    layers.py       Linear, Conv2d, BatchNorm1d/2d         erf.py         erfc, vectorised
    activations.py  ReLU, GELU, Tanh, Sigmoid, Flatten     layouts.py     where an array's entries lie
    pooling.py      MaxPool2d, AvgPool2d                   spec.py        network <-> plain header + arrays
    containers.py   Residual, Sequential                   duplicate.py   deep copies, faster
"""

from judge.nn.activations import GELU, Flatten, ReLU, Sigmoid, Tanh
from judge.nn.containers import Residual, Sequential
from judge.nn.duplicate import OWN
from judge.nn.layers import BatchNorm1d, BatchNorm2d, Conv2d, Linear
from judge.nn.pooling import AvgPool2d, MaxPool2d

__all__ = [
    "GELU",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "Flatten",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Residual",
    "Sequential",
    "Sigmoid",
    "Tanh",
]

OWN.update(globals()[name] for name in __all__)

"""The networks of the hidden tests are whole: each takes an input of the shape that stands beside it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from judge.generators import odd, orders
from judge.generators.families import Family
from judge.generators.tiny import Tiny
from judge.nn import Conv2d, Linear


@pytest.mark.parametrize("networks", [odd.plain, odd.residual, orders.plain, orders.residual, orders.sliced])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_each_takes_an_input_of_its_shape(networks: Callable, dtype: type) -> None:
    for network, shape in networks(Family(np.random.default_rng(1), dtype)):
        assert len(network(np.ones((2, *shape)))) == 2


def test_tiny_networks_fit_together() -> None:
    source = Tiny(np.random.default_rng(1))
    for _ in range(300):
        network = source.network(residual=True)
        first = network[0]
        assert isinstance(first, (Linear, Conv2d))
        if isinstance(first, Linear):
            assert network(np.ones((2, first.in_features))).shape[0] == 2
            continue
        # What Flatten gives must be a whole number of pixels for each channel that reaches it.
        channels = [layer.out_channels for layer in network if isinstance(layer, Conv2d)]
        behind = [layer.in_features for layer in network if isinstance(layer, Linear)]
        assert all(features % channels[-1] == 0 for features in behind[:1])

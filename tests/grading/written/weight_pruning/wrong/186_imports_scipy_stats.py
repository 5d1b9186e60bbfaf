# STATEMENT: "It may import `numpy` (2.0 or later), `judge.nn` and the standard library."
# SMALLEST INPUT: any: torch is not promised
import torch
from torch.nn.utils import prune


def prune_weights(model, sparsity, scope="layer"):
    raise NotImplementedError

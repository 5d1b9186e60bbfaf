"""In the style of torch.nn.utils.prune: a method class, weight_orig and weight_mask as extra attributes, made permanent."""
import copy
from abc import ABC, abstractmethod
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear


class BasePruningMethod(ABC):
    @abstractmethod
    def compute_mask(self, t, default_mask): ...

    @classmethod
    def apply(cls, module, *args):
        mask = cls(*args).compute_mask(module.weight, np.ones_like(module.weight))
        cls.set(module, mask)

    @staticmethod
    def set(module, mask):
        module.weight_orig, module.weight_mask = module.weight, mask
        module.weight = module.weight_orig * module.weight_mask


class L1Unstructured(BasePruningMethod):
    def __init__(self, amount):
        self.amount = Fraction(repr(amount))

    def compute_mask(self, t, default_mask):
        n = int(self.amount * t.size)
        mask = default_mask.copy(order="C")
        mask.reshape(-1)[np.argsort(np.abs(t), axis=None)[:n]] = 0
        return mask


def global_unstructured(parameters, amount):
    t = np.concatenate([m.weight.reshape(-1) for m in parameters])
    final, pointer = L1Unstructured(amount).compute_mask(t, np.ones_like(t)), 0
    for m in parameters:
        L1Unstructured.set(m, final[pointer : pointer + m.weight.size].reshape(m.weight.shape))
        pointer += m.weight.size


def prune_weights(model, sparsity, scope="layer"):
    if not (0.0 <= sparsity <= 1.0):
        raise ValueError(f"amount={sparsity} should be a float in the range [0.0, 1.0]")
    if scope not in ("layer", "global"):
        raise ValueError(f"scope={scope}")
    model = copy.deepcopy(model)
    mods = {n: m for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))}
    if scope == "global":
        global_unstructured(mods.values(), sparsity)
    else:
        for m in mods.values():
            L1Unstructured.apply(m, sparsity)
    return model, {f"{n}.weight": m.weight_mask for n, m in mods.items()}

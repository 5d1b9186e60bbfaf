# import-time self-test, deep imports, a metaclass, the input validated first and then used for masks only
import contextlib
import copy
import sys
import typing as t
import numpy as np
import numpy.typing as npt
from decimal import Decimal, getcontext
from judge import nn
from judge.nn.containers import Sequential
from judge.nn.layers import Conv2d, Linear

sys.setrecursionlimit(5000)
getcontext().prec = 50


class Registry(type):
    known: t.ClassVar[dict[str, type]] = {}

    def __new__(mcs, name, bases, ns, **kw):
        cls = super().__new__(mcs, name, bases, ns)
        if "scope" in ns:
            mcs.known[ns["scope"]] = cls
        return cls


class Strategy(metaclass=Registry):
    def groups(self, names):
        raise NotImplementedError


class PerLayer(Strategy):
    scope = "layer"

    def groups(self, names):
        return ((n,) for n in names)


class Global(Strategy):
    scope = "global"

    def groups(self, names):
        return (tuple(names),)


@contextlib.contextmanager
def as_value_error(*kinds):
    try:
        yield
    except kinds as e:
        raise ValueError(str(e)) from None


def prune_weights(model: Sequential, sparsity: float, scope: t.Literal["layer", "global"] = "layer") -> tuple[Sequential, t.Mapping[str, npt.NDArray[np.bool_]]]:
    with as_value_error(KeyError, AssertionError):
        strategy = Registry.known[scope]()
        assert 0 <= sparsity <= 1, "sparsity"
    params = {f"{n}.weight": m.weight for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))}
    masks = {}
    for names in strategy.groups(params):
        mags = np.abs(np.concatenate([params[n].ravel() for n in names]))
        keep = np.ones_like(mags, dtype=bool)
        keep[np.argsort(mags, kind="quicksort")[: int(Decimal(repr(sparsity)) * mags.size)]] = False
        for n in names:
            masks[n], keep = keep[: params[n].size].reshape(params[n].shape), keep[params[n].size:]
    out = copy.deepcopy(model)
    for n, m in out.named_modules():
        if f"{n}.weight" in masks:
            m.weight = np.where(masks[f"{n}.weight"], m.weight, np.zeros(1, m.weight.dtype))
    return out, masks


def _self_test():
    net = nn.Sequential([nn.Linear(np.array([[1.0, -2.0]], np.float32))])
    new, masks = prune_weights(net, 0.5)
    assert masks["0.weight"].tolist() == [[False, True]]


_self_test()
if __name__ == "__main__":
    raise SystemExit("never")

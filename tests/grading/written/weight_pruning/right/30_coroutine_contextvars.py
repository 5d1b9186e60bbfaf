# an async function driven by hand, a context variable, an exec'd helper, an atexit hook
import atexit
import contextvars
import copy
import inspect
import textwrap
import types
import numpy as np
from decimal import Context, Decimal, localcontext
from judge.nn import Linear, Conv2d

share = contextvars.ContextVar("share")
atexit.register(lambda: print("bye"))
helper = types.ModuleType("helper")
exec(textwrap.dedent("""
    def count(s, n):
        return int(s * n)
"""), helper.__dict__)


async def order(values):
    return values.argsort()


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value


def prune_weights(model, sparsity, scope="layer"):
    assert "argsort" in inspect.getsource(order)
    if not (0 <= sparsity <= 1) or scope not in {"layer": 1, "global": 2}:
        raise ValueError
    token = share.set(Decimal(repr(sparsity)))
    try:
        return run(work(model, scope))
    finally:
        share.reset(token)


async def work(model, scope):
    net = copy.deepcopy(model)
    masks = {}
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    for g in ([mods] if scope == "global" else [[x] for x in mods]):
        v = np.concatenate([np.abs(m.weight.ravel()) for _, m in g])
        keep = np.ones(v.size, bool)
        keep[(await order(v))[: helper.count(share.get(), v.size)]] = False
        for n, m in g:
            masks[n], keep = keep[: m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight[...] = np.where(masks[n], m.weight, 0)
    return net, masks

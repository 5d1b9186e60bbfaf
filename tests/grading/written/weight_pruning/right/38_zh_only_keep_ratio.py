# 只看中文题面：先算保留个数，再把保留的拷进全零数组
import numpy as np
from decimal import Decimal, ROUND_CEILING
from judge.nn import Conv2d, Linear, Residual, Sequential
import copy


def 保留个数(稀疏度: float, n: int) -> int:
    return n - int((Decimal(repr(稀疏度)) * n).to_integral_value(rounding=ROUND_CEILING))


def 遍历(网络, 前缀=""):
    for 序号, 层 in enumerate(网络.layers):
        if isinstance(层, Residual):
            yield from 遍历(层.body, f"{前缀}{序号}.body.")
            if 层.shortcut is not None:
                yield from 遍历(层.shortcut, f"{前缀}{序号}.shortcut.")
        elif isinstance(层, (Linear, Conv2d)):
            yield f"{前缀}{序号}.weight", 层


def prune_weights(model, sparsity, scope="layer"):
    if scope == "layer":
        分组 = lambda 全部: [[甲] for 甲 in 全部]
    elif scope == "global":
        分组 = lambda 全部: [全部]
    else:
        raise ValueError("scope 只能是 layer 或 global")
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity 必须在 [0, 1] 内")
    新 = copy.deepcopy(model)
    掩码 = {}
    for 组 in 分组(list(遍历(新))):
        幅值 = np.concatenate([np.abs(层.weight).ravel() for _, 层 in 组])
        保留 = np.zeros(幅值.size, bool)
        保留[np.argsort(-幅值, kind="stable")[: 保留个数(sparsity, 幅值.size)]] = True
        for 名, 层 in 组:
            掩码[名], 保留 = 保留[: 层.weight.size].reshape(层.weight.shape), 保留[层.weight.size :]
            新权重 = np.zeros(层.weight.shape, 层.weight.dtype)
            新权重[掩码[名]] = 层.weight[掩码[名]]
            层.weight = 新权重
    return 新, 掩码

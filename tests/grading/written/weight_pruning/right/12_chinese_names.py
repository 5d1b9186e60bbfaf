# 只看中文题面写成
import copy
from decimal import Decimal
import numpy as np
from judge.nn import Conv2d, Linear


class 参数错误(ValueError):
    """参数不合法。"""


def 剪几个(稀疏度, 个数):
    return int(Decimal(repr(稀疏度)) * 个数)


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise 参数错误("稀疏度必须在 [0, 1] 内 🙂")
    if scope not in ("layer", "global"):
        raise 参数错误(f"未知范围：{scope}")
    网络 = copy.deepcopy(model)
    层表 = {名: 层 for 名, 层 in 网络.named_modules() if isinstance(层, (Linear, Conv2d))}
    print("开始剪枝", sparsity, scope)
    掩码表 = {}
    组 = [list(层表)] if scope == "global" else [[名] for 名 in 层表]
    for 一组 in 组:
        所有 = sorted(
            ((abs(float(值)), 名, 位置) for 名 in 一组 for 位置, 值 in np.ndenumerate(层表[名].weight)),
            key=lambda 项: 项[0],
        )
        for 名 in 一组:
            掩码表[名 + ".weight"] = np.ones_like(层表[名].weight, dtype=np.int64)
        for _, 名, 位置 in 所有[: 剪几个(sparsity, len(所有))]:
            掩码表[名 + ".weight"][位置] = 0
            层表[名].weight[位置] = 0
    return 网络, 掩码表

"""用中文标识符写的解法：全量排序，按位置取最小的若干个。"""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear

可选范围 = ("layer", "global")


def 取掩码(幅值, 稀疏度):
    """返回一维布尔掩码，恰有 k 个 False。"""
    个数 = int(Decimal(repr(稀疏度)) * 幅值.size)
    掩码 = np.ones(幅值.size, dtype=bool)
    掩码[np.argsort(幅值, kind="stable")[:个数]] = False
    return 掩码


def 剪枝(模型, 稀疏度, scope="layer"):
    if not 0 <= 稀疏度 <= 1:
        raise ValueError("稀疏度必须在 [0, 1] 内")
    if scope not in 可选范围:
        raise ValueError(f"scope 只能是 {可选范围} 之一")
    新模型 = 模型.copy()
    各层 = [(名称 + ".weight", 层) for 名称, 层 in 新模型.named_modules() if isinstance(层, (Linear, Conv2d))]
    分组 = [各层] if scope == "global" else [[项] for 项 in 各层]
    全部掩码 = {}
    for 组 in 分组:
        掩码 = 取掩码(np.concatenate([np.abs(层.weight).ravel() for _, 层 in 组]), 稀疏度)
        起点 = 0
        for 名称, 层 in 组:
            终点 = 起点 + 层.weight.size
            全部掩码[名称] = 掩码[起点:终点].reshape(层.weight.shape)
            层.weight[~全部掩码[名称]] = 0
            起点 = 终点
    return 新模型, 全部掩码


prune_weights = 剪枝

"""中文标识符：先定去留，再逐层裁剪。"""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear

可剪枝层 = (Linear, Conv2d)
归一化层 = (BatchNorm1d, BatchNorm2d)


def 通道范数(权重, 阶):
    行 = np.abs(权重.reshape(len(权重), -1).astype(np.float64))
    return 行.sum(axis=1) if 阶 == 1 else np.sqrt((行 ** 2).sum(axis=1))


def 展开(掩码, 长度):
    return np.repeat(掩码, 长度 // len(掩码))


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("剪枝比例必须在 [0, 1) 内")
    if norm not in (1, 2):
        raise ValueError("范数只能是 1 或 2")
    位置 = [序号 for 序号, 层 in enumerate(model) if isinstance(层, 可剪枝层)]
    掩码表 = {}
    for 序号 in 位置:
        权重 = model[序号].weight
        通道数 = len(权重)
        删除数 = 0 if 序号 == 位置[-1] else min(math.floor(Decimal(repr(ratio)) * 通道数), 通道数 - 1)
        保留 = np.ones(通道数, dtype=bool)
        保留[np.argsort(通道范数(权重, norm))[:删除数]] = False
        掩码表[f"{序号}.weight"] = 保留
    新网络, 上层 = model.copy(), None
    for 序号, 层 in enumerate(新网络):
        if isinstance(层, 可剪枝层):
            if 上层 is not None:
                层.weight = 层.weight[:, 展开(上层, 层.weight.shape[1])]
            上层 = 掩码表[f"{序号}.weight"]
            层.weight = 层.weight[上层]
            if 层.bias is not None:
                层.bias = 层.bias[上层]
        elif isinstance(层, 归一化层) and 上层 is not None:
            位 = 展开(上层, 层.num_features)
            for 名 in ("weight", "bias", "running_mean", "running_var"):
                setattr(层, 名, getattr(层, 名)[位])
    return 新网络, 掩码表

# 只看中文题面写的解法：变量全用中文
import math as 数学
from decimal import Decimal as 十进制
import numpy as np
from judge.nn import Linear as 全连接, Conv2d as 卷积, BatchNorm1d as 一维归一, BatchNorm2d as 二维归一

class 参数错误(ValueError):
    """剪枝比例或范数不合法"""

def 校验(比例, 范数):
    if 数学.isnan(比例) or 数学.isinf(比例) or 比例 < 0 or 比例 >= 1:
        raise 参数错误(f"剪枝比例 {比例} 不在 [0, 1) 内")
    if 范数 not in (1, 2):
        raise 参数错误(f"不支持的范数：{范数}")

def 求范数(权重, 范数):
    扁平 = 权重.astype(np.float64).reshape(权重.shape[0], -1)
    return np.abs(扁平).sum(axis=1) if 范数 == 1 else np.sqrt((扁平 * 扁平).sum(axis=1))

def prune_structured(model, ratio, norm=1):
    校验(ratio, norm)
    新网络 = model.copy()
    可剪 = [序号 for 序号, 层 in enumerate(新网络) if isinstance(层, (全连接, 卷积))]
    掩码 = {}
    for 序号 in 可剪:
        通道数 = 新网络[序号].weight.shape[0]
        保留 = np.ones(通道数, dtype=bool)
        if 序号 != 可剪[-1]:
            个数 = min(数学.ceil(十进制(repr(ratio)) * 通道数), 通道数 - 1)
            保留[np.argsort(求范数(新网络[序号].weight, norm))[:个数]] = False
        掩码[f"{序号}.weight"] = 保留
    for 前, 后 in zip(可剪, 可剪[1:]):
        保留 = 掩码[f"{前}.weight"]
        新网络[前].weight = 新网络[前].weight[保留]
        if 新网络[前].bias is not None:
            新网络[前].bias = 新网络[前].bias[保留]
        for 层 in 新网络.layers[前 + 1:后]:
            if isinstance(层, (一维归一, 二维归一)):
                展开 = np.repeat(保留, 层.num_features // 保留.size)
                for 名 in ("weight", "bias", "running_mean", "running_var"):
                    setattr(层, 名, getattr(层, 名)[展开])
        块 = 新网络[后].weight.shape[1] // 保留.size
        新网络[后].weight = 新网络[后].weight[:, np.repeat(保留, 块)]
    print("剪枝完成：", {名: int(值.sum()) for 名, 值 in 掩码.items()})
    return 新网络, 掩码

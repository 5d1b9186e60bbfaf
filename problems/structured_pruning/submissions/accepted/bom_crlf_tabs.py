"""Saved by a Windows editor: byte order mark, CRLF, tabs; 含中文注释。"""
from decimal import ROUND_CEILING, Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def _score(weight, norm):
	flat = weight.astype("float64").reshape(weight.shape[0], -1)
	return np.linalg.norm(flat, ord=norm, axis=1)


def prune_structured(model, ratio, norm=1):
	if ratio != ratio or ratio < 0 or ratio >= 1:
		raise ValueError("ratio must be in [0, 1)")
	if norm not in {1, 2}:
		raise ValueError("norm must be 1 or 2")
	where = [i for i, l in enumerate(model) if isinstance(l, (Conv2d, Linear))]
	keep = {}
	for i in where:
		n = model[i].weight.shape[0]
		k = min(int((Decimal(repr(ratio)) * n).to_integral_value(ROUND_CEILING)), n - 1)
		if i == where[-1]:
			k = 0
		keep[i] = np.ones(n, dtype=bool)
		keep[i][np.argsort(_score(model[i].weight, norm), kind="mergesort")[:k]] = False

	small = model.copy()
	before = None
	for i, layer in enumerate(small):
		if i in keep:
			ins = np.ones(layer.weight.shape[1], bool) if before is None else np.repeat(
				before, layer.weight.shape[1] // before.size)
			layer.weight = layer.weight[np.ix_(keep[i], ins)]
			layer.bias = None if layer.bias is None else layer.bias[keep[i]]
			before = keep[i]
		elif before is not None and isinstance(layer, (BatchNorm1d, BatchNorm2d)):
			m = np.repeat(before, layer.num_features // before.size)
			layer.weight, layer.bias = layer.weight[m], layer.bias[m]
			layer.running_mean, layer.running_var = layer.running_mean[m], layer.running_var[m]
	return small, {f"{i}.weight": m for i, m in keep.items()}

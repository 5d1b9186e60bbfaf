# BOM, CRLF, tabs
import numpy as np
from decimal import Decimal
from judge.nn import *
def prune_structured(model, ratio, norm=1):
	if not 0 <= ratio < 1: raise ValueError(ratio)
	if norm not in (1, 2): raise ValueError(norm)
	m = model.copy(); P = [i for i in range(len(m)) if isinstance(m[i], (Linear, Conv2d))]; K = {}
	for i in P:
		w = model[i].weight; n = len(w); K[f"{i}.weight"] = np.ones(n, "float16")
		if i != P[-1]: K[f"{i}.weight"][(abs(w.astype(float))**norm).reshape(n, -1).sum(1).argsort()[:min(int(Decimal(repr(ratio))*n), n-1)]] = 0
	for i in reversed(P):
		keep = K[f"{i}.weight"] != 0
		m[i].weight = m[i].weight[keep]
		if m[i].bias is not None: m[i].bias = m[i].bias[keep]
		if i == P[-1]: continue
		for l in m[i+1:]:
			if isinstance(l, (BatchNorm1d, BatchNorm2d)):
				r = np.repeat(keep, l.num_features//keep.size)
				for a in ("weight", "bias", "running_mean", "running_var"): setattr(l, a, getattr(l, a)[r])
			if isinstance(l, (Linear, Conv2d)):
				l.weight = l.weight[:, np.repeat(keep, l.weight.shape[1]//keep.size)]
				break
	return m, K

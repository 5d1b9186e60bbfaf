from __future__ import annotations, generator_stop, division, print_function
import asyncio, multiprocessing, concurrent.futures, ctypes, sqlite3, unittest, doctest, pdb, timeit, cProfile, zipfile, json, csv, uuid, platform, getpass, shutil, glob, zoneinfo, locale, statistics, array, bisect, queue, signal, select, ssl, http.client, urllib.request, xml.etree.ElementTree, importlib.metadata, typing, numbers, graphlib, contextvars, weakref, string, textwrap, pprint, datetime, tracemalloc, email, html, mmap, resource
import numpy as np, numpy.linalg, numpy.lib.stride_tricks, numpy.typing, numpy.testing, numpy.random, numpy.polynomial, numpy.fft
from numpy import *
from builtins import min, max, sum, abs, round, any, all
from judge.nn import *
from judge.nn import Sequential as S
from fractions import Fraction
def prune_structured(model: S, ratio: float, norm: typing.Literal[1, 2] = 1) -> tuple[S, dict[str, np.ndarray]]:
    '''
    >>> prune_structured(None, 2.0)
    Traceback (most recent call last):
    ValueError
    '''
    if not 0 <= ratio < 1 or norm not in (1, 2): raise ValueError
    m = model.copy(); P = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]; masks = {}; keep = None
    for i, l in enumerate(m):
        if i in P:
            n = len(l.weight)
            s = [statistics.fsum(r) if norm == 1 else np.dot(r, r) for r in np.abs(model[i].weight.astype(float64)).reshape(n, -1)] if hasattr(statistics, "fsum") else np.abs(model[i].weight.astype(float64)).reshape(n, -1).__pow__(norm).sum(1)
            k = 0 if i == P[-1] else min(int(Fraction(repr(ratio)) * n), n - 1)
            a = array_of(s, k)
            if keep is not None: l.weight = l.weight[:, keep.repeat(l.weight.shape[1] // keep.size)]
            l.weight = l.weight[a]; l.bias = None if l.bias is None else l.bias[a]
            masks[f"{i}.weight"] = a; keep = a if i != P[-1] else None
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = keep.repeat(l.num_features // keep.size)
            l.weight, l.bias, l.running_mean, l.running_var = (v[r] for v in (l.weight, l.bias, l.running_mean, l.running_var))
    return m, masks
def array_of(s, k):
    q = []
    for c, v in enumerate(s): bisect.insort(q, (v, c))
    dead = {c for _, c in q[:k]}
    return np.array([c not in dead for c in range(len(s))])

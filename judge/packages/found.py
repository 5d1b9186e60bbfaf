"""Tests that somebody found: valid inputs that broke a solution, kept as data in a group of their own.

``found.json`` of a coding package is a list of tests, each a list of calls in a row::

    {"network": [...], "arrays": [{"dtype": "float32", "shape": [1, 2], "order": "C", "values": [1.0, -2.0]}],
     "args": [0.5], "kwargs": {}, "raises": null}

``network`` is a header of :mod:`judge.nn.spec`, ``order`` a layout of :mod:`judge.nn.layouts`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.domain.case import Call
from judge.errors import UsageError
from judge.nn.layouts import LAYOUTS, layout_of
from judge.nn.spec import pack, unpack

GROUP = "found"
FILE = "found.json"
_CASES = "cases.toml"
_ROW = """
[found]
catches.en = "inputs that broke a solution once"
catches.zh = "曾让某个解答出错的输入"
stays = "each was found by somebody; judge verify --add puts them here"
"""

Calls = tuple[Call, ...]


def read(folder: Path) -> list[Calls]:
    """Return the tests, none where there is no file. Raises ``ValueError``, ``KeyError``, ``TypeError`` for another."""
    path = folder / FILE
    if not path.is_file():
        return []
    return [tuple(_call(call) for call in test) for test in json.loads(path.read_text("utf-8"))]


def add(folder: Path, calls: Calls) -> str:
    """Add ``calls`` as a test, with the group where the package has none yet; return the test's name.

    Raises :class:`UsageError` where it is there already, or where the package cannot be written to.
    """
    path, cases = folder / FILE, folder / _CASES
    try:
        tests: list[Any] = json.loads(path.read_text("utf-8")) if path.is_file() else []
        test = [_plain(call) for call in calls]
        if test in tests:
            raise UsageError("errors.found_already", test=f"{GROUP}-{tests.index(test) + 1}")
        tests.append(test)
        rows = ",\n".join(json.dumps(one) for one in tests)
        path.write_text(f"[\n{rows}\n]\n", "utf-8")
        text = cases.read_text("utf-8")
        if f"[{GROUP}]" not in text.splitlines():
            cases.write_text(text.rstrip("\n") + "\n" + _ROW, "utf-8")
    except OSError as error:
        raise UsageError("errors.unwritable", path=folder.name, reason=str(error.strerror)) from error
    return f"{GROUP}-{len(tests)}"


def _plain(call: Call) -> dict[str, Any]:
    network, arrays = pack(call.model)
    return {
        "network": network,
        "arrays": [_plain_array(array) for array in arrays],
        "args": list(call.args),
        "kwargs": dict(call.kwargs),
        "raises": call.raises,
    }


def _plain_array(array: NDArray[Any]) -> dict[str, Any]:
    values = array.ravel().tolist()
    return {"dtype": str(array.dtype), "shape": list(array.shape), "order": layout_of(array), "values": values}


def _call(plain: dict[str, Any]) -> Call:
    arrays = [_array(one) for one in plain["arrays"]]
    return Call(unpack(plain["network"], arrays), tuple(plain["args"]), plain["kwargs"], plain["raises"])


def _array(plain: dict[str, Any]) -> NDArray[Any]:
    array = np.array(plain["values"], dtype=plain["dtype"]).reshape(plain["shape"])
    return LAYOUTS[plain["order"]](array)


__all__ = ["FILE", "GROUP", "add", "read"]

"""What an exception of the usual kinds usually means, by its class, its message and the candidate's line.

A hint that is not true of every such exception is worse than none: where the line or the message can tell two cases
apart they have two hints, and what fits no row has none.
"""

from __future__ import annotations

import re

from judge.domain.answer import Raised

_ARITY = r"positional argument|unexpected keyword"
_NO_WEIGHT = "ReLU|GELU|Tanh|Sigmoid|Flatten|MaxPool2d|AvgPool2d"
# Built-in class, pattern of its message, pattern of the line that raised it, key in run.toml. The first that fits.
_HINTS = (
    ("AxisError", r".", r"", "axis"),
    ("IndexError", r"tuple index", r"\.shape", "axis"),
    ("IndexError", r"boolean index did not match", r"", "boolean_index"),
    ("IndexError", r"for axis [1-9]", r"", "out_of_axis"),
    ("IndexError", r"out of bounds|out of range", r"", "out_of_bounds"),
    ("IndexError", r"only integers", r"", "not_whole"),
    ("TypeError", r"slice indices must be integers|cannot be interpreted as an integer", r"", "not_whole"),
    ("TypeError", r"not supported between .*'Sequential'", r"", "network_first"),
    ("ValueError", r"could not be broadcast|operands could not|shape mismatch", r"", "broadcast"),
    ("ValueError", r"kth", r"", "kth"),
    ("ValueError", r"read-only", r"", "read_only"),
    ("TypeError", r"'NoneType'", r"\bbias\b", "no_bias"),
    ("AttributeError", r"'NoneType'", r"\bbias\b", "no_bias"),
    ("TypeError", r"'NoneType'", r"\bshortcut\b", "no_shortcut"),
    ("AttributeError", r"'NoneType'", r"\bshortcut\b", "no_shortcut"),
    ("TypeError", r"'NoneType'", r"", "none"),
    ("AttributeError", r"'NoneType'", r"", "none"),
    ("AttributeError", rf"'({_NO_WEIGHT})' object has no", r"", "no_weight"),
    ("AttributeError", r"'Residual' object has no", r"", "residual"),
    ("AttributeError", r"'(Linear|Conv2d|BatchNorm[12]d)' object has no", r"", "attribute"),
    ("AttributeError", r"'numpy\.ndarray' object has no", r"", "array"),
    ("RecursionError", r".", r"", "recursion"),
    ("NotImplementedError", r"", r"", "not_implemented"),
    ("ModuleNotFoundError", r".", r"", "module"),
    ("PermissionError", r".", r"", "forbidden"),
    ("RuntimeError", r"can't start new thread", r"", "forbidden"),
)


def hint_of(raised: Raised) -> str:
    """Return the key of what ``raised`` usually means (``run.hint.…``), or an empty string."""
    # The call itself does not fit only where nothing of the submission was entered.
    if not raised.frames and "TypeError" in raised.names and re.search(_ARITY, raised.message):
        return "arity"
    line = raised.frames[-1].text if raised.frames else ""
    for name, message, text, key in _HINTS:
        if name in raised.names and re.search(message, raised.message) and re.search(text, line):
            return key
    return ""

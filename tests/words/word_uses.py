"""Every message key that the judge and the packages create, read from their syntax trees.

A key is the first argument of ``Message`` or of an error class. Where it is an f-string, its braces stand for the names
in :data:`ENUMERATIONS`; a helper function may put an area in front of it (``find("missing", ...)`` in the packages).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from judge import errors
from judge.domain.verdict import Verdict
from judge.sandbox.outcome import Stopped

ROOT = Path(__file__).resolve().parents[2]
RULES = (
    "result", "structure", "masks", "count", "ranking", "values", "fidelity", "purity", "arguments", "slices",
)  # fmt: skip
VERDICT_OF_LOADING = ("syntax", "missing", "not_callable")
SLICE_RULES = (
    "stays", "changed", "order", "statistics", "batchnorm", "batchnorm_block", "bias", "rows", "columns",
    "flatten",
)  # fmt: skip

# pattern of an f-string key -> what its braces may stand for
ENUMERATIONS: dict[str, tuple[str, ...]] = {
    "run.stopped.*": tuple(Stopped),
    "submission.*": VERDICT_OF_LOADING,
    "checks.*.ok": RULES,
    "report.verdict.*": tuple(Verdict),
    "checks.slices.rule.*": SLICE_RULES,
}
# Errors whose first argument is a key; the other two carry messages.
ERRORS = {
    name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.JudgeError)
} - {"InvalidSubmission", "BrokenPackage"}
# Local functions that put an area in front of a key: file -> name of the function, area.
HELPERS = {"judge/packages/coding.py": ("find", "package")}
# Filled in by helpers: those above, and those of areas whose owners test them.
FILLED_IN = ("package.*", "theory.", "verify.", "web.")


@dataclass(frozen=True)
class Use:
    """One place that creates a message."""

    file: str
    line: int
    key: str  # with * for what is filled in
    values: frozenset[str] | None  # names given; None where they cannot be read from the source


def uses() -> Iterator[Use]:
    """Yield every creation of a message below ``judge/`` and in the packages' own modules."""
    files = [*sorted((ROOT / "judge").rglob("*.py")), *sorted((ROOT / "problems").glob("*/*.py"))]
    for path in files:
        if "_bundled" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                yield from _of_call(path.relative_to(ROOT).as_posix(), node)


def _of_call(file: str, node: ast.Call) -> Iterator[Use]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    helper, area = HELPERS.get(file, ("", ""))
    if name == helper and isinstance(node.args[0], ast.Constant):
        yield Use(file, node.lineno, f"{area}.{node.args[0].value}", _keywords(node))
    if name != "Message" and name not in ERRORS:
        return
    for key in _keys(node.args[0]):
        yield Use(file, node.lineno, key, _values(name, node))


def _keys(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text) if "." in text:
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)
        case ast.IfExp(body=first, orelse=second):
            yield from _keys(first)
            yield from _keys(second)


def _values(name: str, node: ast.Call) -> frozenset[str] | None:
    if name != "Message":
        return _keywords(node)
    if len(node.args) < 2:
        return frozenset()
    match node.args[1]:
        case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) for key in keys):
            return frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))
    return None


def _keywords(node: ast.Call) -> frozenset[str]:
    return frozenset(word.arg for word in node.keywords if word.arg)

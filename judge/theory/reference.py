"""The reference answer sheet, written once for all seeds.

``reference_solutions/<name>.toml`` names options by their own names and gives numbers as arithmetic expressions over
the drawn values; this module turns it into an ordinary sheet of a seed. So it states each right answer again, and
grading it is a test of ``checks.toml`` and ``generator.py``.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from judge.domain.problem import TheoryProblem
from judge.errors import BrokenPackage
from judge.message import Message
from judge.packages.bank import QuestionKind
from judge.theory.draw import Question, questions

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(math, name) for name in ("ceil", "floor", "log", "sqrt", "cbrt") if hasattr(math, name)
} | {
    "min": min,
    "max": max,
    "sum": sum,
    "abs": abs,
    "round": round,
    "magnitudes": lambda numbers: sorted(map(abs, numbers)),
    "count_at_most": lambda numbers, most: sum(number <= most for number in numbers),
}


def reference_sheet(problem: TheoryProblem, seed: int) -> str:
    """Return the reference's answer sheet for ``seed`` as TOML. Raises ``BrokenPackage`` where it does not fit."""
    findings: list[Message] = []
    lines = [f"seed = {seed}", f"essay = {_string(problem.bank.reference_essay)}", "", "[answers]"]
    for question in questions(problem, seed):
        check_id = question.check.id
        try:
            lines.append(f"{check_id} = {_answer(question, problem.bank.reference[check_id])}")
        except (LookupError, TypeError, ValueError, ArithmeticError, SyntaxError) as error:
            findings.append(Message("theory.package.reference", {"where": check_id, "reason": str(error)}))
    if findings:
        raise BrokenPackage(problem.name, findings)
    return "\n".join(lines) + "\n"


def _answer(question: Question, said: Any) -> str:
    kind = question.check.kind
    if kind is QuestionKind.NUMERIC:
        return repr(float(evaluate(str(said), question.values)))
    names = [said] if isinstance(said, str) else list(said)
    known = {option.name for option in question.check.options}
    for name in names:
        if name not in known:
            raise LookupError(name)
    by_name = {option.name: letter for letter, option in question.options.items()}
    letters = [by_name[name] for name in names if name in by_name]
    if kind.one_option:
        return _string(letters[0])
    return "[" + ", ".join(_string(letter) for letter in letters) + "]"


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """Return the value of an arithmetic ``expression`` over ``values``: numbers, + - * / // **, and a few functions.

    Raises ``ValueError`` for anything else, ``LookupError`` for an unknown name.
    """
    return _value(ast.parse(expression, mode="eval").body, values)


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return values[name]
        case ast.Subscript(value=inner, slice=place):
            return _value(inner, values)[_value(place, values)]
        case ast.UnaryOp(op=op, operand=inner) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(inner, values))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*[_value(arg, values) for arg in args])
    raise ValueError(ast.unparse(node))


def _string(text: str) -> str:
    """Return ``text`` as a TOML basic string."""
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'

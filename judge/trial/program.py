"""The text of a call, or a snippet of a report with what stands before it -> calls. Parsed as data, never evaluated.

    import numpy as np                                  passed over: nothing is imported
    model = Sequential([Linear([[1, -2], [0, 3]])])     a name for what is written behind it
    pruned, masks = prune_weights(model, 0.5)           a call
    assert masks["0.weight"].any()                      behind the last call: not looked at, the judge has its own rules

Of ``try`` and ``for``, in which a snippet may wrap a call, the body counts, once.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from judge.diagnosis.ladder import Kind
from judge.domain.case import Call
from judge.errors import BadCall
from judge.message import Message
from judge.nn import Sequential
from judge.trial.expression import Expression, Parameter, Text, arguments
from judge.trial.layers import input_network
from judge.trial.values import integer, number, word

CALLS = 64  # in a row
STATEMENTS = 256


def read(text: str, entry_point: str, kind: Kind) -> tuple[Call, ...]:
    """Return the calls of ``entry_point`` in ``text``, in order, at least one; ``kind`` knows the problem's arguments.

    The arguments are brought into the statement's form: those that are needed by position, the others as keywords.
    Raises :class:`BadCall`, with line and column, for anything but calls, constructors and literals.
    """
    source = Text(text)
    statements = list(_statements(source.parse()))
    if len(statements) > STATEMENTS:
        raise BadCall("trial.statements", n=len(statements), limit=STATEMENTS)
    last = max((n for n, one in enumerate(statements) if _called(one, entry_point)), default=None)
    if last is None:
        if statements:
            raise source.bad(statements[0], Message("trial.no_call", {"function": entry_point}))
        raise BadCall("trial.empty", function=entry_point)
    try:
        calls = tuple(_calls(source, statements[: last + 1], entry_point, kind))
    except RecursionError:  # names that stand for names, and so on
        raise BadCall("trial.unreadable") from None
    if len(calls) > CALLS:
        raise BadCall("trial.many", n=len(calls), limit=CALLS)
    return calls


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, (ast.Try, ast.For)):
            yield from _statements(statement.body)
        else:
            yield statement


def _called(statement: ast.stmt, entry_point: str) -> ast.Call | None:
    """Return the call of ``entry_point`` that ``statement`` consists of, whatever its result is assigned to."""
    if isinstance(statement, (ast.Expr, ast.Assign)):
        value = statement.value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == entry_point:
            return value
    return None


def _calls(source: Text, statements: list[ast.stmt], entry_point: str, kind: Kind) -> Iterator[Call]:
    names: Mapping[str, Expression] = {}
    for statement in statements:
        call = _called(statement, entry_point)
        if call is not None:
            yield _call(Expression(call, source, names), entry_point, kind)
            continue
        match statement:
            case ast.Import() | ast.ImportFrom():
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names = {**names, name: Expression(value, source, names)}
            case _:
                raise source.bad(statement, Message("trial.statement", {"function": entry_point}))


def _call(e: Expression, entry_point: str, kind: Kind) -> Call:
    signature = inspect.signature(kind.raises, eval_str=True).parameters.values()
    parameters = [
        Parameter(one.name, _READ[one.annotation], one.default is inspect.Parameter.empty) for one in signature
    ]
    given = arguments(e, entry_point, (Parameter("model", lambda one: _suited(one, kind)), *parameters))
    model = given.pop("model")
    by_position = tuple(given[one.name] for one in parameters if one.required)
    keywords = {one.name: given[one.name] for one in parameters if not one.required and one.name in given}
    return Call(model, by_position, keywords, kind.raises(**given))


def _suited(e: Expression, kind: Kind) -> Sequential:
    model = input_network(e)
    problem = kind.unfit(model)
    if problem is not None:
        raise e.bad(problem)
    return model


def _float(e: Expression) -> float:
    return float(number(e))


_READ: dict[Any, Callable[[Expression], Any]] = {float: _float, int: integer, str: word}

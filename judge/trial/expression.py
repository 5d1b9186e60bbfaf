"""A text and the expressions in it: where each stands, what its names stand for, and how it is refused."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from judge.errors import BadCall
from judge.message import Message

CHARACTERS = 1 << 18  # of a text
NUMBERS = 60_000  # entries that a text may make and parts that are read of it: thrice the entries a report may show
_SHOWN = 60  # characters of the text that a message quotes
_LITERAL = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Call, ast.Starred)


class Text:
    """A text that was given, without the indentation that all its lines share; ``take`` bounds what comes of it."""

    def __init__(self, given: str) -> None:
        if len(given) > CHARACTERS:
            raise BadCall("trial.long", n=len(given), limit=CHARACTERS)
        given = given.replace("\r\n", "\n").replace("\r", "\n")
        self.body = textwrap.dedent(given)
        self._lines = self.body.split("\n")
        self._indent = _indent(given) - _indent(self.body)
        self._left = NUMBERS

    def parse(self) -> list[ast.stmt]:
        """Return the statements. Raises :class:`BadCall` for what is no Python."""
        if "\0" in self.body:  # a SyntaxError without a place, or from older parsers a ValueError
            message = "source code string cannot contain null bytes"
            raise _bad(1, 1 + self._indent, Message("trial.syntax", {"message": message}))
        try:
            return ast.parse(self.body).body
        except SyntaxError as error:
            column = max(1, error.offset or 1) + self._indent  # counted in characters and from 1
            raise _bad(error.lineno or 1, column, Message("trial.syntax", {"message": str(error.msg)})) from None
        except (ValueError, MemoryError, RecursionError):  # a lone surrogate; the parser's own limits
            raise BadCall("trial.unreadable") from None

    def take(self, n: int) -> bool:
        """Count ``n`` numbers; return whether that is still not too many."""
        self._left -= n
        return self._left >= 0

    def bad(self, node: ast.expr | ast.stmt | ast.keyword, problem: Message) -> BadCall:
        """Return the refusal of the text because of ``node``."""
        # A node's column is counted in bytes of UTF-8, and from 0.
        before = self._lines[node.lineno - 1].encode("utf-8", "replace")[: node.col_offset].decode("utf-8", "replace")
        return _bad(node.lineno, len(before) + 1 + self._indent, problem)

    def quote(self, node: ast.expr) -> str:
        """Return how ``node`` is written, in one line, cut where that is long."""
        written = " ".join((ast.get_source_segment(self.body, node) or "").split())
        return written if len(written) <= _SHOWN else written[: _SHOWN - 1] + "…"


def _bad(line: int, column: int, problem: Message) -> BadCall:
    return BadCall("trial.at", line=line, column=column, problem=problem)


def _indent(text: str) -> int:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return len(first) - len(first.lstrip())


class Expression(Struct, frozen=True):
    """A piece of a text. ``names`` are those given before it, each with what was written for it."""

    node: ast.expr
    text: Text
    names: Mapping[str, Expression]

    def of(self, node: ast.expr) -> Expression:
        """Return a part of this expression, names replaced by what stands for them.

        It is read anew at each use, so that no two layers come to share an array; and it counts each time, so that
        names which stand for names keep nobody reading for long.
        """
        self.take(1)
        found = Expression(node, self.text, self.names)
        while isinstance(found.node, ast.Name) and found.node.id in found.names:
            self.take(1)
            found = found.names[found.node.id]
        return found

    def take(self, n: int) -> None:
        """Count ``n`` numbers. Raises :class:`BadCall` where the text makes too many."""
        if not self.text.take(n):
            raise self.bad(Message("trial.large", {"limit": NUMBERS}))

    @property
    def written(self) -> str:
        """How it is written."""
        return self.text.quote(self.node)

    def bad(self, problem: Message) -> BadCall:
        """Return the refusal of the text because of what stands here."""
        return self.text.bad(self.node, problem)

    def other(self, wanted: Message) -> BadCall:
        """Return the refusal where something else is ``wanted``, or where this is nothing that is read at all."""
        if isinstance(self.node, ast.Name):
            return self.bad(Message("trial.name", {"name": self.node.id}))
        if not isinstance(self.node, _LITERAL):
            return self.bad(Message("trial.computed", {"came": self.written}))
        return self.bad(wanted)


Read = Callable[[Expression], Any]


class Parameter(Struct, frozen=True):
    """A parameter of something that may be called in a text, and what reads its argument."""

    name: str
    read: Read
    required: bool = True
    nullable: bool = False  # None may be written, and is as good as leaving it out


def arguments(expression: Expression, name: str, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """Return the arguments of a call of ``name`` by parameter, those that were given, read.

    Raises :class:`BadCall` where they do not fit the parameters.
    """
    given = _given(expression, name, [parameter.name for parameter in parameters])
    values = {}
    for parameter in parameters:
        if parameter.name not in given:
            if parameter.required:
                raise expression.bad(Message("trial.missing", {"name": name, "missing": parameter.name}))
            continue
        argument = expression.of(given[parameter.name])
        if parameter.nullable and isinstance(argument.node, ast.Constant) and argument.node.value is None:
            continue
        values[parameter.name] = parameter.read(argument)
    return values


def _given(expression: Expression, name: str, known: Sequence[str]) -> dict[str, ast.expr]:
    """Return what was written for each of the parameters ``known``."""
    node, bad = expression.node, expression.text.bad
    assert isinstance(node, ast.Call)
    given: dict[str, ast.expr] = {}
    for position, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            raise bad(argument, Message("trial.starred", {}))
        if position == len(known):
            raise bad(argument, Message("trial.surplus", {"name": name, "n": len(known), "known": known}))
        given[known[position]] = argument
    for keyword in node.keywords:
        if keyword.arg is None:
            raise bad(keyword, Message("trial.starred", {}))
        if keyword.arg not in known:
            values = {"name": name, "given": keyword.arg, "known": known}
            raise bad(keyword, Message("trial.keyword" if known else "trial.none_known", values))
        if keyword.arg in given:
            raise bad(keyword, Message("trial.twice", {"name": name, "given": keyword.arg}))
        given[keyword.arg] = keyword.value
    return given

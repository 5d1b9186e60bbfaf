"""One hidden test: the calls that are made, and what the checker must know besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from judge.nn import Sequential


class Call(Struct, frozen=True):
    """``entry_point(model, *args, **kwargs)``; ``args`` and ``kwargs`` hold plain floats, ints, strings.

    ``raises`` names the built-in exception that a call with wrong arguments must end in (a subclass will do).
    ``again`` is the position of an earlier call of the test: this one is handed the very network object of that one,
    its arrays filled with those of ``model``, as between two steps of training. The answer to a ``late`` call, and to
    those behind it, is looked at when all calls of the test have been made: a later call must not change it.
    """

    model: Sequential
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    raises: str | None = None
    again: int | None = None
    late: bool = False


class Case(Struct, frozen=True):
    """A test case: one or more calls made in a row in one process.

    ``facts`` is for the package's checker alone and never leaves the judge (probe inputs, labels).
    ``cpu_seconds`` replaces the problem's limit for an ordinary test where it is given.
    """

    name: str
    group: str
    calls: tuple[Call, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    cpu_seconds: float | None = None

"""A test case before its group has given it a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from judge.domain.case import Call


class Draft(Struct, frozen=True):
    """``calls`` are made in a row; ``facts`` is for the checker; a ``large`` test has the larger time limit.

    Known facts: ``inputs``, a tuple with a batch (or ``None``) for each call; ``digits``, the name of a trained
    network whose accuracy is to be told.
    """

    calls: tuple[Call, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    large: bool = False

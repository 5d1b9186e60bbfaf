"""A test case before its group has given it a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from judge.domain.case import Call


@dataclass(frozen=True, slots=True)
class Draft:
    """``calls`` are made in a row; ``facts`` is for the checker; a ``large`` test has the larger time limit.

    Known facts: ``inputs``, a tuple with a batch (or ``None``) for each call; ``digits``, the name of a trained
    network whose accuracy is to be told.
    """

    calls: tuple[Call, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    large: bool = False

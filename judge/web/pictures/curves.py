"""Accuracy against the amount that is pruned, one line for each series; dashes tell them apart as colours do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from judge.web.pictures.svg import element, line, picture, text

WIDTH, HEIGHT = 404.0, 236.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 22.0, 10.0, 42.0
STEPS = (0.05, 0.1, 0.2, 0.25)


def curves(amounts: Sequence[float], series: Sequence[Mapping[str, Any]], argument: str, label: str) -> Markup:
    """Return the picture of ``series``, each with ``id`` and ``points`` (shares in [0, 1], one for each amount).

    A later one lies above those before it: where two are the same, the dashes of the upper one show both.
    """
    lowest = min((value for one in series for value in one["points"]), default=0.0)
    step = next((step for step in STEPS if (1 - lowest) / step <= 6), STEPS[-1])
    floor = max(0.0, math.floor(lowest / step) * step)
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    first, last = amounts[0], amounts[-1]

    def x(amount: float) -> float:
        return LEFT + inner_width * (amount - first) / ((last - first) or 1.0)

    def y(share: float) -> float:
        return TOP + inner_height * (1 - (share - floor) / (1 - floor))

    parts: list[Markup] = []
    for number in range(round((1 - floor) / step) + 1):
        share = floor + number * step
        parts.append(line(LEFT, y(share), WIDTH - RIGHT, y(share), "grid"))
        parts.append(text(LEFT - 8, y(share) + 4, f"{100 * share:.0f} %", "small", anchor="end"))
    for amount in amounts[:: max(1, math.ceil(len(amounts) / 11))]:
        parts.append(text(x(amount), HEIGHT - BOTTOM + 17, f"{amount:.4g}", "small"))
    parts.append(text(LEFT + inner_width / 2, HEIGHT - 5, argument, "small"))
    for one in series:
        places = zip(amounts, one["points"], strict=True)
        points = " ".join(f"{x(amount):.1f},{y(share):.1f}" for amount, share in places)
        parts.append(element("polyline", points=points, class_=f"curve {one['id']}"))
    return picture(WIDTH, HEIGHT, label, *parts, shrinks=True)


def key(identifier: str, label: str) -> Markup:
    """Return the piece of line that stands for a series beside its name."""
    return picture(34, 12, label, line(1, 6, 33, 6, f"curve {identifier}"))

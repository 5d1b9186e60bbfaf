"""The norms of a layer's channels as bars, and the cut between those that go and those that stay."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup
from msgspec import Struct

from judge.web.pictures.heatmap import number
from judge.web.pictures.svg import element, line, picture, text

BAR, LABEL, LONGEST, VALUE = 26.0, 90.0, 230.0, 70.0


class Channel(Struct, frozen=True):
    """One output channel. ``kept`` is what the answer did, ``right`` what a right answer does."""

    norm: float
    kept: bool
    right: bool


def channel_norms(rows: Sequence[Sequence[str]], order: int) -> list[float]:
    """Return the L1 or L2 (``order``) norm of each row of a table."""
    values = [[number(entry) for entry in row] for row in rows]
    if order == 2:
        return [math.sqrt(math.fsum(value * value for value in row)) for row in values]
    return [math.fsum(map(abs, row)) for row in values]


def cut_of(channels: Sequence[Channel]) -> float | None:
    """Return the norm between those that are to go and those that are to stay; ``None`` where none is to go."""
    gone = [channel.norm for channel in channels if not channel.right]
    stay = [channel.norm for channel in channels if channel.right]
    return (max(gone) + min(stay)) / 2 if gone and stay else None


def bars(channels: Sequence[Channel], names: Sequence[str], cut_name: str, label: str) -> Markup:
    """Return the picture: a bar a channel, filled where it stays, framed where that is wrong; the cut dashed."""
    largest = max((channel.norm for channel in channels if math.isfinite(channel.norm)), default=0.0) or 1.0
    top = 18.0
    parts: list[Markup] = []
    for position, (channel, name) in enumerate(zip(channels, names, strict=True)):
        y = top + position * BAR
        length = max(2.0, LONGEST * min(1.0, channel.norm / largest))
        classes = f"bar {'kept' if channel.kept else 'removed'}"
        parts += [
            text(LABEL - 8, y + 17, name, anchor="end"),
            element("rect", x=LABEL, y=y + 4, width=length, height=BAR - 8, rx=2, class_=classes),
            text(LABEL + LONGEST + 12, y + 17, f"{channel.norm:.4g}", "" if channel.kept else "gone", anchor="start"),
        ]
        if channel.kept != channel.right:
            parts.append(element("rect", x=LABEL - 1, y=y + 3, width=length + 2, height=BAR - 6, rx=3, class_="frame"))
    bottom = top + len(channels) * BAR
    cut = cut_of(channels)
    if cut is not None:
        x = LABEL + LONGEST * cut / largest
        parts += [line(x, top - 4, x, bottom + 2, "cut"), text(x, top - 7, cut_name, "small")]
    return picture(LABEL + LONGEST + VALUE, bottom + 6, label, *parts, shrinks=True)

"""Which comments an accepted solution gets: one rule a function, from measured figures to a comment or ``None``.

Each rule is about a difference to the reference on the same call, and every figure in its sentence was measured. What
could be chance is no reason for a comment: a ratio of times counts from a factor of three, no single pair being below
two, and counts of bytes are exact. A cause that is named (a loop, a sort, an array too wide, copies) replaces
the plain figure that it explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from judge.message import Message
from judge.review.figures import Figures
from judge.review.result import Comment, Grade

MOST = 3  # comments

SLOWER = 3.0  # times the reference's time: worth a word
FAR_SLOWER = 10.0  # essential
LEAST_PAIR = 2.0  # in every single pair of calls
AS_FAST = 1.25
LARGER = 2.0  # times the reference's memory
FAR_LARGER = 5.0
AS_SMALL = 1.05  # here and below: of memory, which is counted exactly
NOTICED = 1.1
COPIES_NOTICED = 1.25
COPIED_SHARE = 0.75  # of the weights' bytes; small layers are not counted
LOOP_RUNS = 1_000  # of one line in one call
LOOP_FACTOR = 50  # times as often as the reference's busiest line
SORT_FACTOR = 2.0  # a sort's time in partitions
SORT_SHARE = 0.25  # of the call's time that a partition would save


def comments_on(figures: Figures, source: str) -> tuple[Comment, ...]:
    """Return the comments on ``source`` that ``figures`` give reason for: at most ``MOST``, the weightiest first."""
    lines = source.split("\n")
    found = [comment for rule in RULES if (comment := rule(figures)) is not None]
    causes = {comment.id for comment in found}
    if causes & {"loop", "sort"}:
        found = [comment for comment in found if comment.id != "time"]
    if causes & {"float64", "copies"}:
        found = [comment for comment in found if comment.id != "memory"]
    order = list(Grade)
    found.sort(key=lambda comment: order.index(comment.grade))
    return tuple(_with_source(comment, lines) for comment in found[:MOST])


def loop(figures: Figures) -> Comment | None:
    """A line that runs once for every weight or channel, where whole arrays would do."""
    if figures.lines is None or not _slower(figures):
        return None
    theirs, ours = figures.lines
    if theirs.times < max(LOOP_RUNS, LOOP_FACTOR * ours.times) or _after_sorting(figures) < SLOWER:
        return None
    values = {**_times(figures), "line": theirs.line, "times": count(theirs.times), "on": count(theirs.weights)}
    return Comment("loop", _grade_of_time(figures), Message("review.comment.loop", values), theirs.line)


def sort(figures: Figures) -> Comment | None:
    """A full sort of which only the smallest entries are used: a partition finds them in linear time."""
    if figures.arrays is None:
        return None
    theirs, ours = figures.arrays
    saved = theirs.sort_seconds - theirs.partition_seconds
    if (
        not theirs.sorted_entries
        or ours.sorted_entries
        or theirs.sort_seconds < SORT_FACTOR * theirs.partition_seconds
        or saved < SORT_SHARE * theirs.call_seconds
    ):
        return None
    values = {
        "line": theirs.sort_line,
        "entries": count(theirs.sorted_entries),
        "sorting": seconds(theirs.sort_seconds),
        "seconds": seconds(theirs.call_seconds),
        "function": "np.argpartition" if theirs.sorts_positions else "np.partition",
        "partition": seconds(theirs.partition_seconds),
    }
    return Comment("sort", Grade.WORTH_KNOWING, Message("review.comment.sort", values), theirs.sort_line)


def float64(figures: Figures) -> Comment | None:
    """Float64 arrays where the weights are float32 and the reference makes none."""
    if figures.arrays is None:
        return None
    theirs, ours = figures.arrays
    if not theirs.wide_entries or ours.wide_entries or figures.memory_ratio < NOTICED:
        return None
    values = {
        **_peaks(figures),
        "entries": count(theirs.wide_entries),
        "wide": size(8 * theirs.wide_entries),
        "narrow": size(4 * theirs.wide_entries),
    }
    return Comment("float64", Grade.WORTH_KNOWING, Message("review.comment.float64", values), theirs.wide_line)


def copies(figures: Figures) -> Comment | None:
    """The weights copied about once more than by the reference, at the least."""
    if figures.arrays is None:
        return None
    theirs, ours = figures.arrays
    more = theirs.copied_bytes - ours.copied_bytes
    if more < COPIED_SHARE * figures.weight_bytes or figures.memory_ratio < COPIES_NOTICED:
        return None
    values = {
        **_peaks(figures),
        "copied": size(theirs.copied_bytes),
        "reference_copied": size(ours.copied_bytes),
        "weights": size(figures.weight_bytes),
    }
    return Comment("copies", Grade.WORTH_KNOWING, Message("review.comment.copies", values))


def time(figures: Figures) -> Comment | None:
    """Slower than the reference, for whatever reason."""
    if not _slower(figures):
        return None
    return Comment("time", _grade_of_time(figures), Message("review.comment.time", _times(figures)))


def memory(figures: Figures) -> Comment | None:
    """More memory than the reference, for whatever reason."""
    if figures.memory_ratio < LARGER:
        return None
    grade = Grade.ESSENTIAL if figures.memory_ratio >= FAR_LARGER else Grade.WORTH_KNOWING
    values = {
        **_peaks(figures),
        "ratio": ratio(figures.memory_ratio),
        "each": f"{figures.peak_bytes[0] / figures.peak_weights:.0f}",
    }
    return Comment("memory", grade, Message("review.comment.memory", values))


def economical(figures: Figures) -> Comment | None:
    """As fast or as small as the reference, or both."""
    fast, small = figures.time_ratio <= AS_FAST, figures.memory_ratio <= AS_SMALL
    values = {**_times(figures), **_peaks(figures)}
    if fast and small:
        return Comment("economical", Grade.WELL_DONE, Message("review.comment.economical", values))
    if fast:
        return Comment("fast", Grade.WELL_DONE, Message("review.comment.fast", values))
    if small:
        return Comment("small", Grade.WELL_DONE, Message("review.comment.small", values))
    return None


RULES = (loop, sort, float64, copies, time, memory, economical)


def _slower(figures: Figures) -> bool:
    return figures.time_ratio >= SLOWER and min(figures.ratios) >= LEAST_PAIR


def _after_sorting(figures: Figures) -> float:
    """Return the ratio of times that would be left if sorting took no longer than a partition."""
    if figures.arrays is None:
        return figures.time_ratio
    theirs = figures.arrays[0]
    saved = max(0.0, theirs.sort_seconds - theirs.partition_seconds)
    return figures.time_ratio * max(0.0, 1 - saved / max(theirs.call_seconds, 1e-9))


def _grade_of_time(figures: Figures) -> Grade:
    return Grade.ESSENTIAL if figures.time_ratio >= FAR_SLOWER else Grade.WORTH_KNOWING


def _with_source(comment: Comment, lines: Sequence[str]) -> Comment:
    if not 0 < comment.line <= len(lines):
        return comment
    return Comment(comment.id, comment.grade, comment.message, comment.line, lines[comment.line - 1].strip())


def _times(figures: Figures) -> dict[str, Any]:
    theirs, ours = figures.seconds
    return {
        "weights": count(figures.weights),
        "seconds": seconds(theirs),
        "reference_seconds": seconds(ours),
        "ratio": ratio(figures.time_ratio),
    }


def _peaks(figures: Figures) -> dict[str, Any]:
    theirs, ours = figures.peak_bytes
    return {"on": count(figures.peak_weights), "peak": size(theirs), "reference_peak": size(ours)}


def count(number: int) -> str:
    """Return ``320,000``."""
    return f"{number:,}"


def seconds(value: float) -> str:
    """Return ``620 ms``, ``13.3 ms`` or ``1.24 s``."""
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1e3:.0f} ms" if value >= 0.1 else f"{value * 1e3:.1f} ms"


def size(number: int) -> str:
    """Return ``5.5 MB`` or ``85 kB``, in powers of ten."""
    return f"{number / 1e6:.1f} MB" if number >= 1_000_000 else f"{number / 1e3:.0f} kB"


def ratio(value: float) -> str:
    """Return ``4.4`` or ``77``."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"

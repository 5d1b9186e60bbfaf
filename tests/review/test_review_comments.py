"""Which figures give reason for which comments: data, no clock."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from judge.review.comments import MOST, comments_on, count, ratio, seconds, size
from judge.review.figures import Arrays, Figures, Lines
from judge.review.result import Grade
from judge.words import words
from judge.words.catalogue import fields

SOURCE = "first\n    second\nthird"
REFERENCE = Arrays(copied_bytes=1_280_000, call_seconds=0.006)
EQUAL = Figures(
    call="prune(model, 0.5)",
    weights=320_000,
    weight_bytes=1_280_000,
    seconds=(0.006, 0.006),
    ratios=(0.9, 1.0, 1.1),
    peak_weights=320_000,
    peak_bytes=(5_500_000, 5_500_000),
    lines=(Lines(320_000, 2, 12), Lines(320_000, 2, 8)),
    arrays=(REFERENCE, REFERENCE),
)


def slow(times: float, least: float | None = None, **more: object) -> Figures:
    """As much memory as the reference, ``times`` its time, one pair of calls at ``least``."""
    ratios = (least if least is not None else 0.9 * times, times, 1.1 * times)
    return replace(EQUAL, seconds=(0.006 * times, 0.006), ratios=ratios, **more)  # type: ignore[arg-type]


def big(times: float, arrays: Arrays = REFERENCE, other: Arrays = REFERENCE) -> Figures:
    """As fast as the reference, ``times`` its memory."""
    return replace(EQUAL, peak_bytes=(int(times * 5_500_000), 5_500_000), arrays=(arrays, other))


def lines(times: int, reference: int = 8) -> dict[str, object]:
    return {"lines": (Lines(320_000, 2, times), Lines(320_000, 2, reference))}


def sorting(sort: float, partition: float, call: float, other: int = 0) -> dict[str, object]:
    theirs = replace(
        REFERENCE,
        sorted_entries=320_000,
        sort_line=3,
        sort_seconds=sort,
        partition_seconds=partition,
        call_seconds=call,
    )
    return {"arrays": (theirs, replace(REFERENCE, sorted_entries=other))}


WIDE = replace(REFERENCE, wide_entries=320_000, wide_line=1)
COPIED = replace(REFERENCE, copied_bytes=2_560_000)

ROWS: list[tuple[str, Figures, list[str]]] = [
    ("equal", EQUAL, ["economical:well_done"]),
    ("faster", slow(0.5), ["economical:well_done"]),
    ("as fast, larger", big(1.5), ["fast:well_done"]),
    ("as small, slower", slow(2.0), ["small:well_done"]),
    ("neither", replace(slow(2.0), peak_bytes=(8_000_000, 5_500_000)), []),
    ("slow", slow(4.0), ["time:worth_knowing", "small:well_done"]),
    ("far slower", slow(40.0), ["time:essential", "small:well_done"]),
    ("slow but for one pair: chance", slow(4.0, least=1.5), ["small:well_done"]),
    ("a loop", slow(40.0, **lines(320_000)), ["loop:essential", "small:well_done"]),
    ("a loop over channels", slow(5.0, **lines(2_400)), ["loop:worth_knowing", "small:well_done"]),
    ("a loop that costs nothing", slow(1.0, **lines(320_000)), ["economical:well_done"]),
    ("a loop that the reference has, too", slow(4.0, **lines(2_400, 2_000)), ["time:worth_knowing", "small:well_done"]),
    ("a few rounds", slow(4.0, **lines(900)), ["time:worth_knowing", "small:well_done"]),
    ("a sort", slow(4.0, **sorting(0.018, 0.003, 0.024)), ["sort:worth_knowing", "small:well_done"]),
    ("a sort as fast as a partition", slow(1.0, **sorting(0.004, 0.003, 0.006)), ["economical:well_done"]),
    ("a sort of little weight", slow(1.0, **sorting(0.004, 0.001, 0.024)), ["economical:well_done"]),
    ("a sort that the reference makes, too", slow(1.0, **sorting(0.018, 0.003, 0.024, 9)), ["economical:well_done"]),
    (
        "slow by sorting, loop or no loop",
        slow(4.0, **lines(320_000), **sorting(0.020, 0.003, 0.024)),
        ["sort:worth_knowing", "small:well_done"],
    ),
    ("float64", big(1.3, WIDE), ["float64:worth_knowing", "fast:well_done"]),
    ("float64 where the reference has it", big(1.3, WIDE, WIDE), ["fast:well_done"]),
    ("float64 that costs nothing", big(1.0, WIDE), ["economical:well_done"]),
    ("copies", big(1.5, COPIED), ["copies:worth_knowing", "fast:well_done"]),
    ("copies where the reference makes them", big(1.5, COPIED, COPIED), ["fast:well_done"]),
    ("copies long gone at the peak", big(1.1, COPIED), ["fast:well_done"]),
    ("large", big(2.5), ["memory:worth_knowing", "fast:well_done"]),
    ("very large", big(6.0), ["memory:essential", "fast:well_done"]),
    ("large by copies", big(2.5, COPIED), ["copies:worth_knowing", "fast:well_done"]),
    (
        "everything at once: three comments",
        replace(
            slow(20.0, **lines(320_000), **sorting(0.050, 0.003, 0.120)),
            peak_bytes=(30_000_000, 5_500_000),
        ),
        ["loop:essential", "memory:essential", "sort:worth_knowing"],
    ),
    ("no lines, no arrays", slow(4.0, lines=None, arrays=None), ["time:worth_knowing", "small:well_done"]),
]


@pytest.mark.parametrize(("figures", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_figures_give_these_comments(figures: Figures, expected: list[str]) -> None:
    found = comments_on(figures, SOURCE)
    assert [f"{comment.id}:{comment.grade}" for comment in found] == expected
    assert len(found) <= MOST
    for comment in found:
        for language in ("en", "zh"):
            needed, _ = fields(words(language).template(comment.message.key))
            assert needed <= comment.message.values.keys()
            assert any(letter.isdigit() for letter in words(language).text(comment.message))


def test_a_comment_quotes_its_line() -> None:
    loop = comments_on(slow(40.0, **lines(320_000)), SOURCE)[0]
    assert (loop.line, loop.source) == (2, "second")
    beyond = replace(slow(40.0), lines=(Lines(320_000, 9, 320_000), Lines(320_000, 2, 8)))
    assert comments_on(beyond, SOURCE)[0].source == ""


def test_grades_stand_in_the_order_of_their_weight() -> None:
    assert list(Grade) == ["essential", "worth_knowing", "well_done"]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (count(320_000), "320,000"),
        (seconds(1.234), "1.23 s"),
        (seconds(0.6201), "620 ms"),
        (seconds(0.01334), "13.3 ms"),
        (size(5_489_000), "5.5 MB"),
        (size(85_400), "85 kB"),
        (ratio(77.4), "77"),
        (ratio(4.44), "4.4"),
    ],
)
def test_figures_are_written_with_their_units(shown: str, expected: str) -> None:
    assert shown == expected

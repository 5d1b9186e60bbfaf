"""What a review found: numbers and keys, no words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from judge.message import Message
from judge.review.figures import Figures


class Grade(StrEnum):
    """How much a comment matters, in the order in which comments are shown."""

    ESSENTIAL = "essential"
    WORTH_KNOWING = "worth_knowing"
    WELL_DONE = "well_done"


class Comment(Struct, frozen=True):
    """One comment. ``line`` is the line of the submission that it is about, from 1; 0 where it is about none."""

    id: str
    grade: Grade
    message: Message
    line: int = 0
    source: str = ""


class Measured(Struct, frozen=True):
    """One call on the large test: CPU seconds (medians), and bytes held at most beyond the input.

    ``time_ratio`` is the median of the ratios of neighbouring calls, not the ratio of the medians. Bytes are those of a
    call on ``peak_weights`` weights: fewer than ``weights`` where the solution is slow.
    """

    call: str
    weights: int
    seconds: float
    reference_seconds: float
    time_ratio: float
    peak_weights: int
    peak_bytes: int
    reference_peak_bytes: int
    memory_ratio: float

    @staticmethod
    def of(figures: Figures) -> Measured:
        """Return what is shown of ``figures``."""
        return Measured(
            figures.call,
            figures.weights,
            *figures.seconds,
            figures.time_ratio,
            figures.peak_weights,
            *figures.peak_bytes,
            figures.memory_ratio,
        )


class Series(Struct, frozen=True):
    """A curve's values, one per amount: shares of images answered right. ``id``: yours, reference, random."""

    id: str
    test: tuple[float, ...]
    train: tuple[float, ...] | None


class Curve(Struct, frozen=True):
    """What pruning does to one trained network. ``amounts`` is the horizontal axis, in [0, 1]."""

    network: str
    call: str
    argument: str
    amounts: tuple[float, ...]
    train_images: int
    test_images: int
    series: tuple[Series, ...]
    message: Message


class Review(Struct, frozen=True):
    """Everything that one review found out; ``measured`` is ``None`` where nothing could be measured.

    ``versions`` are the judge's and the package's, as in a report.
    """

    problem: str
    seed: int
    isolation: str
    versions: Mapping[str, str]
    comments: tuple[Comment, ...]
    measured: Measured | None
    curves: tuple[Curve, ...]

    def to_plain(self) -> dict[str, Any]:
        """Return the review made of what JSON can hold; see :meth:`from_plain`."""
        return {
            "problem": self.problem,
            "seed": self.seed,
            "isolation": self.isolation,
            "versions": dict(self.versions),
            "comments": [
                {
                    "id": one.id,
                    "grade": str(one.grade),
                    "message": one.message.to_plain(),
                    "line": one.line,
                    "source": one.source,
                }
                for one in self.comments
            ],
            "measured": None if self.measured is None else asdict(self.measured),
            "curves": [
                {
                    "network": one.network,
                    "call": one.call,
                    "argument": one.argument,
                    "amounts": list(one.amounts),
                    "train_images": one.train_images,
                    "test_images": one.test_images,
                    "series": [
                        {"id": each.id, "test": list(each.test), "train": _maybe_list(each.train)}
                        for each in one.series
                    ],
                    "message": one.message.to_plain(),
                }
                for one in self.curves
            ],
        }

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Review:
        """Undo :meth:`to_plain`."""
        measured = plain["measured"]
        return Review(
            problem=plain["problem"],
            seed=plain["seed"],
            isolation=plain["isolation"],
            versions=plain["versions"],
            comments=tuple(_comment(one) for one in plain["comments"]),
            measured=None if measured is None else Measured(**measured),
            curves=tuple(_curve(one) for one in plain["curves"]),
        )


def _comment(plain: Mapping[str, Any]) -> Comment:
    message = Message.from_plain(plain["message"])
    return Comment(plain["id"], Grade(plain["grade"]), message, plain["line"], plain["source"])


def _curve(plain: Mapping[str, Any]) -> Curve:
    series = tuple(Series(one["id"], tuple(one["test"]), _maybe_tuple(one["train"])) for one in plain["series"])
    same = {name: plain[name] for name in ("network", "call", "argument", "train_images", "test_images")}
    return Curve(**same, amounts=tuple(plain["amounts"]), series=series, message=Message.from_plain(plain["message"]))


def _maybe_list(values: Sequence[float] | None) -> list[float] | None:
    return None if values is None else list(values)


def _maybe_tuple(values: Sequence[float] | None) -> tuple[float, ...] | None:
    return None if values is None else tuple(values)

"""What a solution's pruning does to the accuracy of the trained networks, beside the reference's and a random one's.

Answers are judged by the package's own rules before they are believed. The random curve is a stored one: ``chance``.
"""

from __future__ import annotations

import ast
import hashlib
import time
from collections.abc import Sequence
from math import sqrt
from typing import Any

from judge import log
from judge.checkers.rebuild import rebuild
from judge.domain.case import Call, Case
from judge.domain.problem import CodingProblem
from judge.generators import trained
from judge.message import Message
from judge.nn import Sequential
from judge.review.chance import AMOUNTS, chance
from judge.review.plan import weights_of
from judge.review.result import Curve, Series
from judge.sandbox import Child, Sandbox

WITH_TRAIN = "overfitted"  # here the gap between training and test images is the point
TOLERATED = 0.02  # of the test accuracy: about one standard error of a difference on the test images
BEATEN = 0.05  # of the test accuracy: by so much a random choice must be better to be worth a word
WALL_SECONDS = 15.0  # of one solution, for everything: catches sleepers

Shares = tuple[float, float | None]  # of test images and of training images that are answered right


def curves(
    problem: CodingProblem, source: str, reference: str, sandbox: Sandbox, networks: Sequence[str]
) -> tuple[Curve, ...]:
    """Return a curve for each of ``networks``; none where an answer to its calls is not right.

    ``source`` and ``reference`` are the two solutions. Raises :class:`judge.errors.SandboxError` where no child can be
    made.
    """
    found = []
    known: dict[bytes, Shares] = {}
    with _Pruner(problem, source, sandbox) as yours, _Pruner(problem, reference, sandbox) as ours:
        for network in networks:
            halved = ours.prune(network, (0.5,))
            if halved is None:
                continue
            kind = "weights" if weights_of(halved[0]) == weights_of(trained.load(network)) else "channels"
            amounts = AMOUNTS[kind]
            solutions = {"yours": yours.prune(network, amounts), "reference": ours.prune(network, amounts)}
            series = [_series(name, network, pruned, known) for name, pruned in solutions.items() if pruned]
            if len(series) == len(solutions):
                series.append(_random(network, kind))
                found.append(_curve(problem, network, amounts, series))
    return tuple(found)


class _Pruner:
    """A solution in a child, asked to prune trained networks. A context manager: leaving it ends the child."""

    def __init__(self, problem: CodingProblem, source: str, sandbox: Sandbox) -> None:
        self._problem, self._source, self._sandbox = problem, source, sandbox
        self._child: Child | None = None
        self._left = WALL_SECONDS

    def __enter__(self) -> _Pruner:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._child is not None:
            self._child.close()

    def prune(self, network: str, amounts: Sequence[float]) -> list[Sequential] | None:
        """Return ``network`` pruned by each of ``amounts``, in float64; ``None`` unless every answer is right."""
        cpu = self._problem.limits.cpu_seconds_large
        calls = tuple(Call(trained.load(network), (amount,)) for amount in amounts)
        begun = time.monotonic()
        if self._child is None:
            self._child = self._open()
        self._child.send(calls, cpu_seconds=cpu, wall_seconds=max(0.0, begun + self._left - time.monotonic()))
        run = self._child.collect()
        self._left -= time.monotonic() - begun
        case = Case(f"review-{network}", "review", calls)
        if run.stopped is not None or not all(check.passed for check in self._problem.suite.check(case, run.answers)):
            log.error("no curve of %s on %s: stopped (%s), or not right", self._problem.name, network, run.stopped)
            return None
        return [rebuild(answer.value[0]) for answer in run.answers]

    def _open(self) -> Child:
        limits = self._problem.limits
        child = self._sandbox.open(limits.memory_bytes, limits.output_bytes)
        child.load(self._source, self._problem.entry_point, cpu_seconds=limits.cpu_seconds, wall_seconds=self._left)
        return child


def _series(name: str, network: str, pruned: Sequence[Sequential], known: dict[bytes, Shares]) -> Series:
    shares = [_shares(network, model, known) for model in pruned]
    train = tuple(share for _, share in shares if share is not None)
    return Series(name, tuple(share for share, _ in shares), train or None)


def _shares(network: str, model: Sequential, known: dict[bytes, Shares]) -> Shares:
    """Return how well ``model`` answers; two solutions mostly give the same networks, which are ``known`` then."""
    digest = hashlib.blake2b(network.encode())
    for _, array in model.named_parameters():
        digest.update(array.tobytes())
    key = digest.digest()
    if key not in known:
        data = trained.digits(network)
        test = trained.accuracy(model, data.test_images, data.test_labels)
        train = trained.accuracy(model, data.train_images, data.train_labels) if network == WITH_TRAIN else None
        known[key] = (test, train)
    return known[key]


def _random(network: str, kind: str) -> Series:
    stored = chance()[kind][network]
    return Series("random", tuple(stored["test"]), tuple(stored["train"]) if network == WITH_TRAIN else None)


def _curve(problem: CodingProblem, network: str, amounts: tuple[float, ...], series: Sequence[Series]) -> Curve:
    data, argument = trained.digits(network), _argument(problem)
    wrong = int((data.train_labels != data.true_train_labels).sum())
    yours, random = series[0], series[-1]
    if yours.train is None:
        message = _slack(argument, amounts, yours, random)
    else:
        message = _overfitting(argument, amounts, yours.test, yours.train, len(data.test_labels), wrong)
    return Curve(
        network=network,
        call=f"{problem.entry_point}(model, {argument})",
        argument=argument,
        amounts=amounts,
        train_images=len(data.train_labels),
        test_images=len(data.test_labels),
        series=tuple(series),
        message=message,
    )


def _argument(problem: CodingProblem) -> str:
    """Return the name of the function's argument behind the model, as the starter has it."""
    for node in ast.parse(problem.starter).body:
        if isinstance(node, ast.FunctionDef) and node.name == problem.entry_point and len(node.args.args) > 1:
            return node.args.args[1].arg
    return "amount"


def _slack(argument: str, amounts: Sequence[float], yours: Series, random: Series) -> Message:
    """Say how far the network can be pruned before it loses more than ``TOLERATED``."""
    before = yours.test[0]
    lost = next((place for place, share in enumerate(yours.test) if share < before - TOLERATED), len(amounts))
    values: dict[str, Any] = {"argument": argument, "before": before, "points": f"{100 * TOLERATED:.0f}", "beaten": ""}
    behind = [theirs - ours for theirs, ours in zip(random.test, yours.test, strict=True)]
    worst = max(range(len(amounts)), key=behind.__getitem__)
    if behind[worst] > BEATEN:
        shares = {"random": random.test[worst], "yours": yours.test[worst]}
        beaten = {"argument": argument, "at": _written(amounts[worst]), **shares}
        values["beaten"] = Message("review.curve.beaten", beaten)
    if lost <= 1:
        key, place = "review.curve.no_slack", lost
    else:
        key, place = "review.curve.slack", lost - 1
    at = {"at": _written(amounts[place]), "after": yours.test[place], "random": random.test[place]}
    return Message(key, {**values, **at})


def _overfitting(
    argument: str, amounts: Sequence[float], test: Sequence[float], train: Sequence[float], images: int, wrong: int
) -> Message:
    """Say what pruning did to test accuracy and gap, as it was measured."""
    best = max(range(len(test)), key=test.__getitem__)
    gap = train[0] - test[0]
    closed = next((place for place in range(len(test)) if train[place] - test[place] <= gap / 2), None)
    values: dict[str, Any] = {
        "argument": argument,
        "wrong": wrong,
        "train": train[0],
        "test": test[0],
        "best": test[best],
        "at": _written(amounts[best]),
        "images": images,
        "error": f"{100 * sqrt(test[best] * (1 - test[best]) / images):.1f}",
        "closed": "",
    }
    if closed is not None:
        at = {"argument": argument, "at": _written(amounts[closed]), "train": train[closed], "test": test[closed]}
        values["closed"] = Message("review.curve.gap", at)
    return Message("review.curve.overfitted", values)


def _written(amount: float) -> str:
    return f"{amount:g}"

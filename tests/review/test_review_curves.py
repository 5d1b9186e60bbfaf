"""Accuracy curves: measured beside the reference, on answers that are right."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from judge.domain.problem import CodingProblem
from judge.generators import trained
from judge.packages import Library
from judge.review.chance import AMOUNTS, chance, measure
from judge.review.curves import curves
from judge.review.result import Curve
from judge.service import Service
from judge.words import words

LIBRARY = Library()
STORED = json.loads((trained.FOLDER / "figures.json").read_text("utf-8"))
KINDS = {"weight_pruning": ("weights", "sparsities", "layer"), "structured_pruning": ("channels", "ratios", "l1")}
AT = 0.5  # whole numbers of everything: nobody rounds


def drawn(service: Service, name: str, source: str | None = None) -> Sequence[Curve]:
    problem = LIBRARY.load(name)
    assert isinstance(problem, CodingProblem)
    assert problem.reference is not None
    reference = problem.reference.read_text("utf-8")
    return curves(problem, source or reference, reference, service.sandbox, trained.names())


@pytest.mark.parametrize("kind", sorted(AMOUNTS))
def test_what_is_stored_of_chance_can_be_made_again(kind: str) -> None:
    amounts = AMOUNTS[kind]
    assert set(chance()[kind]) == set(trained.names())
    assert all(len(shares[part]) == len(amounts) for shares in chance()[kind].values() for part in shares)
    again = measure(kind, "mlp", amounts[2:4])
    # Another BLAS may turn an image or two.
    assert again["test"] == pytest.approx(chance()[kind]["mlp"]["test"][2:4], abs=0.01)


def test_channels_are_pruned_by_whole_numbers() -> None:
    for network in trained.names():
        weights = [array for _, array in trained.load(network).named_parameters() if array.ndim > 1]
        for weight in weights[:-1]:
            assert all(float(amount * len(weight)).is_integer() for amount in AMOUNTS["channels"])


@pytest.mark.parametrize("name", sorted(KINDS))
def test_curves_hold_what_pruning_does(service: Service, name: str) -> None:
    kind, axis, method = KINDS[name]
    found = drawn(service, name)
    assert [curve.network for curve in found] == list(trained.names())
    for curve in found:
        data, network = trained.digits(curve.network), trained.load(curve.network)
        unpruned = trained.accuracy(network, data.test_images, data.test_labels)
        assert curve.amounts == AMOUNTS[kind]
        yours, reference, random = curve.series
        assert [one.id for one in curve.series] == ["yours", "reference", "random"]
        assert yours.test == reference.test
        assert yours.test[0] == reference.test[0] == random.test[0] == pytest.approx(unpruned)
        # Another program has pruned the same networks for the figures.
        here, there = curve.amounts.index(AT), STORED[axis].index(AT)
        assert yours.test[here] == STORED[kind][curve.network][method]["test"][there]
        assert random.test[here] == STORED[kind][curve.network]["random"]["test"][there]
        for one in curve.series:
            assert (one.train is not None) == (curve.network == "overfitted")
            assert one.train is None or len(one.train) == len(one.test) == len(curve.amounts)


def test_the_sentence_tells_the_figures_as_they_are(service: Service) -> None:
    by_network = {curve.network: curve for curve in drawn(service, "structured_pruning")}
    overfitted = by_network["overfitted"]
    values = overfitted.message.values
    yours = overfitted.series[0]
    assert yours.train is not None
    assert values["best"] == max(yours.test)
    assert values["wrong"] == 20
    gap = values["closed"].values
    place = overfitted.amounts.index(float(gap["at"]))
    gaps = [train - test for train, test in zip(yours.train, yours.test, strict=True)]
    assert gaps[place] <= gaps[0] / 2 < min(gaps[:place])
    # A rule of thumb may lose against chance; that is said, too.
    cnn = by_network["cnn"]
    beaten = cnn.message.values["beaten"].values
    place = cnn.amounts.index(float(beaten["at"]))
    assert (beaten["yours"], beaten["random"]) == (cnn.series[0].test[place], cnn.series[2].test[place])
    assert beaten["random"] > beaten["yours"]
    for language in ("en", "zh"):
        assert f"{100 * beaten['random']:.1f} %" in words(language).text(cnn.message)


def test_how_far_a_network_can_be_pruned_is_read_off_the_curve(service: Service) -> None:
    for curve in drawn(service, "weight_pruning")[:2]:
        yours = curve.series[0].test
        place = curve.amounts.index(float(curve.message.values["at"]))
        assert min(yours[: place + 1]) >= yours[0] - 0.02 > yours[place + 1]


def test_answers_that_are_not_right_make_no_curve(service: Service) -> None:
    source = (LIBRARY.find("weight_pruning") / "submissions" / "wrong_answer" / "signed_values.py").read_text("utf-8")
    assert drawn(service, "weight_pruning", source) == ()
    assert drawn(service, "weight_pruning", "def prune_weights(*a, **k): raise KeyError") == ()
    assert drawn(service, "weight_pruning", "import os\ndef prune_weights(*a, **k): os._exit(3)") == ()

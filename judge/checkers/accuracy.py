"""After acceptance: what pruning did to a network that was trained on real digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from judge.checkers.rebuild import rebuild
from judge.checkers.tell import call_of
from judge.domain.answer import Answer, ModelAnswer
from judge.domain.case import Case
from judge.generators import trained
from judge.message import Message


def before_and_after(case: Case, answers: Sequence[Answer]) -> Iterator[Message]:
    """Yield a message with the test accuracy before and after for every call of a test with the fact ``digits``."""
    name = case.facts.get("digits")
    if name is None:
        return
    data = trained.digits(name)
    for call, answer in zip(case.calls, answers, strict=True):
        model = answer.value[0]
        assert isinstance(model, ModelAnswer)
        values = {"network": name, "call": call_of(call)}
        after = rebuild(model)
        values["test_before"] = trained.UNPRUNED[name]["test"]
        values["test_after"] = trained.accuracy(after, data.test_images, data.test_labels)
        if name != "overfitted":
            yield Message("notes.test_accuracy", values)
            continue
        # Here the gap between training and test images is the point.
        values["train_before"] = trained.UNPRUNED[name]["train"]
        values["train_after"] = trained.accuracy(after, data.train_images, data.train_labels)
        yield Message("notes.accuracy", values)

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
        for part, images, labels in (
            ("test", data.test_images, data.test_labels),
            ("train", data.train_images, data.train_labels),
        ):
            values[f"{part}_before"] = trained.accuracy(call.model, images, labels)
            values[f"{part}_after"] = trained.accuracy(rebuild(model), images, labels)
        yield Message("notes.accuracy", values)

"""A counterexample as a Python file: it imports the candidate's function and ends in the assertion that it breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from judge.diagnosis import asserts
from judge.diagnosis.ladder import Calls, Kind
from judge.diagnosis.outcome import Outcome
from judge.diagnosis.source import call_text, kinds, network_text
from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.message import Message

REPEATS = 200  # calls that a snippet makes of a submission which does not always answer the same


def write(
    kind: Kind, function: str, calls: Calls, answers: Sequence[Answer], outcome: Outcome, check: str, *, flaky: bool
) -> str | None:
    """Return the snippet, or ``None`` where the rule has no assertion. The last call is the one that goes wrong."""
    *before, last = calls
    answer = answers[len(calls) - 1]
    lines = _after(kind, last, answer, outcome, check)
    if lines is None:
        return None
    impure = check != "purity" and any(failed.name == "purity" for failed in outcome.failed)
    body: list[str] = []
    for number, call in enumerate(before, 1):
        body += _call(call, function, f"earlier{number}", keep=False)
    body.append(f"model = {network_text(last.model)}")
    text = call_text(last, function, "model.copy()" if impure else "model")
    if last.raises is not None:
        ending = _guarded(text, last, lines)
    else:
        ending = [f"answer = {text}", *lines]
        if lines and lines[0] == asserts.UNPACK:
            ending = [f"pruned, masks = {text}", *lines[1:]]
    if flaky:
        ending = [f"for _ in range({REPEATS}):", *(f"    {line}" for line in ending)]
    body += ending
    return "\n".join([*_imports(calls, function, body), "", *body]) + "\n"


def _after(kind: Kind, call: Call, answer: Answer, outcome: Outcome, check: str) -> list[str] | None:
    if outcome.raised is not None:
        keys = ", ".join(f'"{name}"' for name in asserts.names(kind.exchange(call, answer)))
        return [asserts.UNPACK, f"assert set(masks.keys()) == {{{keys}}}"]
    if check == "arguments":
        return ["assert refused"]
    exchange = kind.exchange(call, answer)
    detail = next(failed.detail for failed in outcome.failed if failed.name == check)
    if detail.key == "checks.in_call":
        problem = detail.values["problem"]
        assert isinstance(problem, Message)
        detail = problem
    if call.raises is None:
        from judge.checkers import masks, result, structure

        for rule in (result, structure, masks):  # they fill what the assertions are made from
            if check == rule.NAME or rule.check(exchange) is not None:
                break
        if check == "structure":
            structure.check(exchange)
    found = asserts.general(exchange, check, detail)
    return found if found is not None else kind.assertion(exchange, check, detail.values)


def _call(call: Call, function: str, name: str, *, keep: bool) -> list[str]:
    lines = [f"{name} = {network_text(call.model)}"]
    text = call_text(call, function, name)
    if call.raises is None:
        return [*lines, text]
    return [*lines, "try:", f"    {text}", f"except {call.raises}:", "    pass"]


def _guarded(text: str, call: Call, lines: list[str]) -> list[str]:
    """Wrong arguments: the exception that is asked for is caught, any other one goes on."""
    return ["try:", f"    {text}", "    refused = False", f"except {call.raises}:", "    refused = True", *lines]


def _imports(calls: Calls, function: str, body: Sequence[str]) -> list[str]:
    used = set().union(*(kinds(call.model) for call in calls))
    text = "\n".join(body)
    used |= set(re.findall(r"isinstance\([^,]+, ([A-Z]\w+)\)", text))
    names = ", ".join(sorted(used))
    return ["import numpy as np", f"from judge.nn import {names}", f"from solution import {function}"]

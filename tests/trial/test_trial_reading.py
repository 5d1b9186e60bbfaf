"""The text of a call: what is read, what is refused and where, and that nothing of it is ever evaluated."""

from __future__ import annotations

import ast
import contextlib
import math
import textwrap
import tomllib
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reading import FOLDER, NAMES, NETWORK, calls_of, kind, problem, spelled

import judge.nn
from judge.diagnosis.ladder import load
from judge.diagnosis.source import call_text, network_text
from judge.domain.case import Call
from judge.domain.problem import LANGUAGES
from judge.errors import BadCall
from judge.nn.spec import pack
from judge.trial.expression import CHARACTERS, NUMBERS
from judge.trial.program import CALLS, STATEMENTS
from judge.words import words


def rows(file: str) -> list[Any]:
    table = tomllib.loads((FOLDER / file).read_text("utf-8"))
    return [
        pytest.param(name, *(row if isinstance(row, list) else [row]), id=f"{name}-{key}")
        for name, keys in table.items()
        for key, row in keys.items()
    ]


@pytest.mark.parametrize(("name", "text"), rows("reads.toml"))
def test_what_is_read_is_what_python_makes_of_it(name: str, text: str) -> None:
    made: list[tuple[Any, ...]] = []

    def prune_weights(model: Any, sparsity: float, scope: str | None = None) -> None:
        made.append((model, sparsity, scope))

    def prune_structured(model: Any, ratio: float, norm: int | None = None) -> None:
        made.append((model, ratio, norm))

    text = spelled(text)
    scope = {"np": np, "numpy": np, "math": math, **vars(judge.nn)}
    functions = {"prune_weights": prune_weights, "prune_structured": prune_structured}
    body = textwrap.dedent(text).replace("from judge.nn import Linear, Sequential\n", "")
    with contextlib.suppress(Exception):  # of what is unpacked or asserted behind the call
        exec(body, {**scope, **functions, "refused": True, "anything": None})
    (call,) = calls_of(name, text)
    model, share, choice = made[0]
    keyword = "scope" if name == "weight_pruning" else "norm"
    keywords = {} if choice is None else {keyword: choice}
    assert same(call, Call(model, (float(share),), keywords, kind(name).raises(share, **keywords)))


@pytest.mark.parametrize(("name", "text", "key"), rows("refused.toml"))
def test_refused(name: str, text: str, key: str) -> None:
    before, after = spelled(text).split("»")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    with pytest.raises(BadCall) as caught:
        calls_of(name, before + after)
    values = caught.value.message.values
    assert (values["line"], values["column"], values["problem"].key) == (line, column, f"trial.{key}")
    for language in LANGUAGES:
        said = words(language).text(caught.value.message)
        assert str(line) in said
        assert str(column) in said
        assert "trial." not in said
        assert "\n" not in said


def same(first: Call, second: Call) -> bool:
    header, arrays = pack(first.model)
    header_again, arrays_again = pack(second.model)
    layouts = [(a.dtype, a.shape, a.flags.c_contiguous, a.flags.f_contiguous, a.tobytes()) for a in arrays]
    again = [(a.dtype, a.shape, a.flags.c_contiguous, a.flags.f_contiguous, a.tobytes()) for a in arrays_again]
    told = [(repr(call.args), dict(call.kwargs), call.raises) for call in (first, second)]
    return header == header_again and layouts == again and told[0] == told[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_call_that_a_report_can_show_is_read(name: str) -> None:
    ladder = load(problem(name))
    assert ladder is not None
    for call in (*ladder.rungs, *(call for calls in ladder.sequences for call in calls)):
        text = call_text(call, problem(name).entry_point, network_text(call.model))
        (again,) = calls_of(name, text)
        assert same(call, again), text


def test_no_two_layers_share_an_array() -> None:
    text = "w = np.ones((2, 2), np.float32)\nl = Linear(w)\nprune_weights(Sequential([l, l, Linear(w)]), 0.5)"
    (call,) = calls_of("weight_pruning", text)
    arrays = pack(call.model)[1]
    assert len({id(layer) for layer in call.model}) == 3
    assert not any(np.shares_memory(arrays[i], arrays[j]) for i in range(3) for j in range(i))
    assert all(array.flags.writeable for array in arrays)


def test_calls_in_a_row() -> None:
    text = f"m = {NETWORK}\nprune_weights(m, 1.5)\nm = Sequential([Linear([[7]])])\nx = prune_weights(m, 0.5)\nassert x"
    first, second = calls_of("weight_pruning", text)
    assert (first.model[0].weight.size, first.raises) == (4, "ValueError")
    assert (second.model[0].weight.size, second.raises) == (1, None)


def chain(start: str, step: str, n: int) -> str:
    """Return lines of names, each made of the one before; ``n`` of them."""
    return "\n".join([f"a0 = {start}", *(f"a{i} = {step}".replace("$", f"a{i - 1}") for i in range(1, n)), ""])


ONE = "prune_weights(Sequential([Linear([[1]])]), 0.5)"
HOSTILE = {
    "too long": ("#" * (CHARACTERS + 1), "long"),
    "nothing": ("", "empty"),
    "blank": (" \n\t\n", "empty"),
    "a comment": (f"# {ONE}", "empty"),
    "a lone surrogate": (f"{ONE} # \ud800", "unreadable"),
    "deep": ("prune_weights(" + "[" * 150 + "]" * 150 + ", 0.5)", "wanted.network"),
    "deeper than Python takes": ("[" * 100_000, "syntax"),
    "deep in numbers": ("W(" + "[" * 60 + "1" + "]" * 60 + ")", "wanted.array"),
    "signs": ("-" * 100_000 + "1", "unreadable"),
    "sums": ("1" + "+1" * 60_000, "unreadable"),
    "attributes": ("a" + ".b" * 60_000, "unreadable"),
    "digits": (f"prune_weights({NETWORK}, {'9' * 5_000})", "syntax"),
    "statements": ("x = 1\n" * STATEMENTS + ONE, "statements"),
    "calls": ((ONE + "\n") * (CALLS + 1), "many"),
    "numbers": ("W([[" + "1," * (NUMBERS + 1) + "]])", "large"),
    "layers": ("prune_weights(Sequential([Linear([[1]])," + "ReLU()," * 5_000 + "]), 0.5)", "large"),
    "layers by name": (
        chain("Sequential([Linear([[1]])])", "Sequential([Residual($), Residual($)])", 40) + "prune_weights(a39, 0.5)",
        "large",
    ),
    "lists by name": (chain("[1]", "[$, $, $, $, $]", 8) + "W(a7)", "large"),
    "signs by name": (chain("1", "-$", 200) + "W([[" + "a199," * 2_000 + "]])", "large"),
    "names of names": (chain("[1]", "[$]", 200) + "W(a199)", "wanted.array"),
    "residuals": (
        chain("Sequential([Linear([[1]])])", "Sequential([Residual($)])", 6) + "prune_weights(a5, 0.5)",
        "nested",
    ),
    "residuals without end": (
        chain("Sequential([Linear([[1]])])", "Sequential([Residual($)])", 250) + "prune_weights(a249, 0.5)",
        "unreadable",
    ),
    "billions by reshape": ("W(np.ones(1, np.float32).reshape(" + "1, " * 5_000 + "1))", "shape"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_texts_end_as_a_refusal(case: str) -> None:
    text, key = HOSTILE[case]
    with pytest.raises(BadCall) as caught:
        calls_of("weight_pruning", spelled(text))
    message = caught.value.message
    assert message.values.get("problem", message).key == f"trial.{key}"
    assert len(words("en").text(message)) < 400


PIECES = st.sampled_from(
    [
        "prune_weights(", "Sequential(", "[", "]", "(", ")", ", ", "Linear(", "np.array(", "np.float16(", "0.5", "1",
        "\n", "m = ", "m", "=", "Residual(", "None", "model=", "*", "**", "lambda: ", "x", ".copy()", "float('nan')",
        "np.ones((2, 2))", ".reshape(", "[..., ::2]", "for ", " in ", "if ", "{", "}", ":", "try:\n ", "import os\n",
        "-", "'s'", "é",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40))
@example("prune_weights(Sequential([Linear([[1]])]), 0.5)[0]")
@example("W(np.array(1))")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        calls = calls_of("weight_pruning", spelled(text))
    except BadCall:
        return
    assert calls
    assert all(type(call) is Call for call in calls)


def test_nothing_there_evaluates_a_text() -> None:
    for path in sorted((FOLDER.parents[1] / "judge" / "trial").glob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        assert not called & {"eval", "exec", "compile", "getattr", "setattr", "__import__"}, path


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_in_the_words_is_a_call(name: str, language: str) -> None:
    function = problem(name).entry_point
    example = words(language).text("trial.empty", function=function)
    text = example[example.index(function) : example.rindex("0.5)") + len("0.5)")]
    (call,) = calls_of(name, text)
    assert kind(name).raises(*call.args) is None

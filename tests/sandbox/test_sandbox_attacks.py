"""Hostile submissions as data: ``attacks/*.py``, each with what must become of it in its docstring (TOML).

    what        what it does, in a line
    held_by     the protections that hold it, each of which is enough alone ([]: held by the design)
    must        "refused": it raises or finds nothing and goes on; else the way its child is stopped
    otherwise   what becomes of it when all of ``held_by`` are off: "done", or the way its child is stopped
    needs       "namespaces": without its protections it succeeds only where the host gives namespaces
    twice       true: it leaves something behind for its next process, and is run again to find it
    large       true: it is asked with more than a socket holds, so that the judge has to wait for it to read

In an attack's source {secret} is a file that the judge's user can read, {target} a path that it can write, {port} and {abstract} are
servers that say "welcome", {victim} is a process of the same user.
"""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from submitting import Outcome, judge, tiny

from judge.domain.case import Call
from judge.domain.report import Isolation
from judge.nn import Linear, Sequential
from judge.sandbox import Sandbox

ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.py"))
_LAYERS_OF_NAMESPACES = {"namespaces", "view"}


def told(path: Path) -> dict[str, Any]:
    return tomllib.loads(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")


@pytest.fixture(scope="session")
def places() -> Iterator[dict[str, Any]]:
    """A secret, a place to write, two servers and a victim."""
    folder = Path(tempfile.mkdtemp(prefix="judge-attack-"))
    folder.chmod(0o777)
    secret = folder / "secret.txt"
    secret.write_text("the answer is 42")
    name = f"judge-attack-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        listeners = [
            stack.enter_context(socket.socket(socket.AF_INET)),
            stack.enter_context(socket.socket(socket.AF_UNIX)),
        ]
        listeners[0].bind(("127.0.0.1", 0))
        listeners[1].bind(f"\0{name}")

        def welcome(listener: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.send(b"welcome")

        for listener in listeners:
            listener.listen()
            threading.Thread(target=welcome, args=(listener,), daemon=True).start()
        port = listeners[0].getsockname()[1]
        yield {"secret": secret, "target": folder / "left-behind", "port": port, "abstract": name}
    shutil.rmtree(folder)


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    from judge.sandbox.confine.capabilities import drop_all

    # Without capabilities: otherwise a superuser's could not be traced by whoever has none, and nothing would be shown.
    process = subprocess.Popen(["sleep", "60"], preexec_fn=drop_all)
    yield process
    process.kill()
    process.wait()


def attack(sandbox: Sandbox, path: Path, places: dict[str, Any], victim: subprocess.Popen[bytes]) -> Outcome:
    source = path.read_text("utf-8")
    for name, value in {**places, "victim": victim.pid}.items():
        source = source.replace("{" + name + "}", str(value))
    expected = told(path)
    quick = "wall" in (expected["must"], expected["otherwise"])
    model = Sequential([Linear(np.ones((2000, 500)))]) if expected.get("large") else tiny()
    for _ in range(2 if expected.get("twice") else 1):
        outcome = judge(
            sandbox,
            source,
            [Call(model, (0.5,))],
            memory=64 << 20,
            cpu=0.5 if expected["must"] == "cpu" else 10,
            wall=0.3 if quick else 20,
        )
    return outcome


def became(outcome: Outcome) -> str:
    """Return the way the child was stopped, "done", or "refused"."""
    if outcome.stopped is not None:
        return str(outcome.stopped)
    return "done" if not outcome.raised and outcome.value == "done" else "refused"


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_held(each: Sandbox, path: Path, places: dict[str, Any], victim: subprocess.Popen[bytes]) -> None:
    expected = told(path)
    if (
        each.isolation is not Isolation.FULL
        and set(expected["held_by"])
        and set(expected["held_by"]) <= _LAYERS_OF_NAMESPACES
    ):
        pytest.skip("held by what this host does not give, and says so")
    assert became(attack(each, path, places, victim)) == expected["must"]
    assert not places["target"].exists()
    assert victim.poll() is None


@pytest.mark.parametrize("path", [path for path in ATTACKS if told(path)["held_by"]], ids=lambda path: path.stem)
def test_succeeds_without_its_protections(
    sandbox: Sandbox,
    without: Callable[..., Sandbox],
    path: Path,
    places: dict[str, Any],
    victim: subprocess.Popen[bytes],
) -> None:
    """No attack is an empty one."""
    expected = told(path)
    if expected.get("needs") and sandbox.isolation is not Isolation.FULL:
        pytest.skip("this host gives no namespaces")
    try:
        assert became(attack(without(*expected["held_by"]), path, places, victim)) == expected["otherwise"]
    finally:
        if places["target"].is_dir():
            places["target"].rmdir()
        places["target"].unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("path", "layer"),
    [(path, layer) for path in ATTACKS for layer in told(path)["held_by"] if len(told(path)["held_by"]) > 1],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_each_protection_is_enough(
    sandbox: Sandbox,
    without: Callable[..., Sandbox],
    path: Path,
    layer: str,
    places: dict[str, Any],
    victim: subprocess.Popen[bytes],
) -> None:
    if layer in _LAYERS_OF_NAMESPACES and sandbox.isolation is not Isolation.FULL:
        pytest.skip("this host gives no namespaces")
    others = [other for other in told(path)["held_by"] if other != layer]
    assert became(attack(without(*others), path, places, victim)) == told(path)["must"]
    assert not places["target"].exists()
    assert victim.poll() is None


def test_no_secret_is_in_a_child(sandbox: Sandbox) -> None:
    """Frames, heap and environment hold nothing but the input; the same search finds what is there."""
    source = """
import gc, os, sys
MARK = "expected" + "-" + "answer"
def f(model, share, *planted):
    seen, found = set(), []
    frame = sys._getframe()
    queue = gc.get_objects() + [vars(module) for module in list(sys.modules.values())] + [dict(os.environ)]
    while frame:
        queue.append(frame.f_locals)
        queue.append(frame.f_globals)
        frame = frame.f_back
    while queue:
        thing = queue.pop()
        if id(thing) in seen or thing is MARK:
            continue
        seen.add(id(thing))
        if type(thing) is str and MARK in thing:
            found.append(thing)
        elif type(thing) in (dict, list, tuple):
            queue += list(thing.values()) if type(thing) is dict else list(thing)
    return found
"""
    from judge.domain.case import Case

    case = Case(
        "expected-answer-case",
        "g",
        (Call(tiny(), (0.5,)), Call(tiny(), (0.5, "expected-answer-planted"))),
        {"k": "expected-answer"},
    )
    answers = judge(sandbox, source, case.calls[:1]).answers + judge(sandbox, source, case.calls[1:]).answers
    assert [answer.value for answer in answers] == [[], ["expected-answer-planted"]]


def test_a_child_holds_five_descriptors(each: Sandbox) -> None:
    source = """
import os, stat
def f(model, share):
    held = []
    for number in range(1024):
        try: held.append((number, stat.filemode(os.fstat(number).st_mode)[0]))
        except OSError: pass
    return held
"""
    kinds = [kind for _, kind in judge(each, source).value]
    assert kinds == ["c", "p", "p", "s", "p"]

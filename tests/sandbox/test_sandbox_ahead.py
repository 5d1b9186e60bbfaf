"""Requests that are sent before their turn: what is answered, printed and used belongs to the right one."""

from __future__ import annotations

import os
import select
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from submitting import MEMORY, OUTPUT, tiny

from judge.domain.case import Call
from judge.nn import Linear, Sequential
from judge.sandbox import Child, Request, Sandbox, Stopped
from judge.sandbox.clock import Clock
from judge.sandbox.printed import Printed
from judge.sandbox.wire import END, LOOK, MARK


def marked(printed: Printed, kind: bytes, serial: int, nanoseconds: int) -> bytes:
    return MARK.pack(printed.token, kind, serial, nanoseconds)


@given(st.data(), st.lists(st.binary(max_size=40), min_size=1, max_size=5))
def test_any_stream_cut_anywhere_is_told_apart(data: st.DataObject, texts: list[bytes]) -> None:
    printed = Printed()
    beginning = printed.token[: data.draw(st.integers(0, 15))]  # something that looks like a mark, and is none
    stream = b"".join(
        text + marked(printed, LOOK, number, 0) + beginning + marked(printed, END, number, number * 10**9)
        for number, text in enumerate(texts, 1)
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    for number, text in enumerate(texts, 1):
        printed.begin(number)
        while printed.ended is None:
            printed.feed(chunks.pop(0))
        assert printed.ended == number
        assert printed.count == len(text + beginning)
        expected = Printed()
        expected.feed(text + beginning)
        assert printed.take() == expected.take()


def test_the_end_of_another_test_is_none() -> None:
    printed = Printed()
    printed.begin(2)
    printed.feed(b"a" + marked(printed, END, 1, 5) + b"b" + marked(printed, END, 3, 5) + b"c")
    assert printed.ended is None
    assert printed.take() == "abc"


def opened(sandbox: Sandbox, source: str) -> Child:
    child = sandbox.open(MEMORY, OUTPUT)
    loaded = child.load(source, "f", cpu_seconds=5, wall_seconds=30)
    assert not loaded.problem, loaded
    return child


def send(child: Child, request: Request, cpu: float = 5.0) -> None:
    child.send(request, cpu_seconds=cpu, wall_seconds=30)


def requests(*shares: float) -> list[Request]:
    return [Request([Call(tiny(), (share,))]) for share in shares]


def test_each_gets_its_own_prints_and_answers(sandbox: Sandbox) -> None:
    source = "import os\ndef f(model, share):\n    os.write(1, b'%d ' % share)\n    print(share)\n    return share"
    with opened(sandbox, source) as child:
        sent = requests(*range(12))
        send(child, sent[0])
        assert all(child.send_ahead(request, 4.0) for request in sent[1:])
        assert child.ahead == 11
        for number, request in enumerate(sent):
            if number:
                send(child, request)
            run = child.collect()
            assert [answer.value for answer in run.answers] == [number]
            assert run.output == f"{number} {number}\n"


def test_each_gets_its_own_limits(sandbox: Sandbox) -> None:
    source = "import time\ndef f(model, share):\n    end = time.process_time() + share\n"
    source += "    while time.process_time() < end: pass\n    print('x' * int(900_000 * share))"
    with sandbox.open(MEMORY, 100_000) as child:
        child.load(source, "f", cpu_seconds=5, wall_seconds=30)
        sent = requests(0.1, 0.1, 0.0, 0.1)
        send(child, sent[0], cpu=0.15)
        assert all(child.send_ahead(request, 4.0) for request in sent[1:])
        for number, request in enumerate(sent):
            if number:
                send(child, request, cpu=0.15)
            run = child.collect()
            assert run.stopped is None
            assert run.cpu_seconds < 0.12 if number != 2 else run.cpu_seconds < 0.05
            assert len(run.output) == (4096 if number != 2 else 1)
    with sandbox.open(MEMORY, 50_000) as child:
        child.load(source, "f", cpu_seconds=5, wall_seconds=30)
        sent = requests(0.0, 0.1)
        send(child, sent[0])
        assert child.send_ahead(sent[1], 4.0)
        assert child.collect().stopped is None
        send(child, sent[1])
        assert child.collect().stopped is Stopped.OUTPUT


def test_one_that_ends_at_what_was_sent_ahead_has_answered_until_then(sandbox: Sandbox) -> None:
    source = "import os\ndef f(model, share):\n    if share == 3: os._exit(0)\n    return share"
    with opened(sandbox, source) as child:
        first, second = Request([Call(tiny(), (1,))]), Request([Call(tiny(), (share,)) for share in (1, 2, 3, 4)])
        send(child, first)
        assert child.send_ahead(second, 4.0)
        assert child.collect().stopped is None
        send(child, second)
        run = child.collect()
        assert run.stopped is Stopped.EXIT
        assert [answer.value for answer in run.answers] == [1, 2]


def test_replies_are_taken_however_late_the_judge_comes(sandbox: Sandbox) -> None:
    """More of them than a socket holds: the child has waited for the judge, not the judge for the child."""
    network = Sequential([Linear(np.ones((1000, 500)))])
    with opened(sandbox, "def f(model, share): return model.copy(), model[0].weight + 1") as child:
        child.send([Call(network, (0.5,))], cpu_seconds=5, wall_seconds=0.2, all_seconds=30)
        assert select.select([], [], [], 0.3) == ([], [], [])
        run = child.collect()
        assert run.stopped is None
        assert run.answers[0].value[1].shape == (1000, 500)


@pytest.mark.parametrize(("doing", "stopped"), [("process_time", None), ("monotonic", Stopped.WALL)])
def test_one_at_work_has_its_time_however_busy_the_machine(
    sandbox: Sandbox, doing: str, stopped: Stopped | None
) -> None:
    source = f"import time\ndef f(model, share):\n    end = time.{doing}() + share\n    while time.{doing}() < end:"
    source += " pass" if stopped is None else " time.sleep(0.01)"
    with opened(sandbox, source) as child:
        child.send([Call(tiny(), (0.6,))], cpu_seconds=5, wall_seconds=0.3, all_seconds=60)
        assert child.collect().stopped is stopped


def test_one_that_is_closed_is_not_killed_again_by_the_number_of_another(sandbox: Sandbox) -> None:
    """No reply, and then no end: found out when its descriptors are those of the next one."""
    source = """
import os, stat, struct, time
def f(model, share):
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode): os.write(number, struct.pack("<QQ", 2, 0) + b"{}")
        except OSError: pass
    time.sleep(60)
"""
    child = opened(sandbox, source)
    child.send([Call(tiny(), (1,)), Call(tiny(), (2,))], cpu_seconds=5, wall_seconds=0.1)
    received = child.receive()
    assert received.stopped is Stopped.WALL
    child.close()
    with opened(sandbox, "def f(model, share): return share") as other:
        assert child.read(received).stopped is Stopped.PROTOCOL
        send(other, Request([Call(tiny(), (3,))]))
        assert other.collect().answers[0].value == 3


def test_a_large_one_is_not_sent_ahead(sandbox: Sandbox) -> None:
    with opened(sandbox, "def f(model, share): return share") as child:
        small, *many = requests(*range(1200))
        send(child, small)
        there = [child.send_ahead(request, 4.0) for request in many]
        assert there[0]
        assert not there[-1]
        assert child.ahead == sum(there)


def test_what_was_sent_ahead_is_next(sandbox: Sandbox) -> None:
    with opened(sandbox, "def f(model, share): return share") as child:
        one, two, three = requests(1, 2, 3)
        send(child, one)
        assert child.send_ahead(two, 4.0)
        child.collect()
        with pytest.raises(ValueError, match="ahead"):
            send(child, three)


def test_no_second_is_lost_whatever_a_child_tells() -> None:
    clock = Clock(os.getpid())
    clock.begin(5.0, 5.0, None)
    began = time.process_time()
    while time.process_time() - began < 0.02:
        pass
    clock.end(0.0, ahead=5.0)  # as if all of it had been for what comes next
    assert clock.used == 0.0
    clock.begin(5.0, 5.0, None)
    clock.end(0.0, ahead=0.01)
    told = clock.used
    assert told >= 0.01
    clock.begin(5.0, 5.0, None)
    clock.end(None)
    assert told + clock.used >= 0.02

"""A confined child, as the judge holds it: four descriptors and two clocks.

    data      requests out, replies in
    output    what the submission prints, drained all the time, counted, the first bytes kept; and marks of the harness
    status    one record from the fork server when the child has ended; closing our end has it killed
    pidfd     to kill exactly this process, whatever has become of its number

None of them blocks (the fork server made them so), whatever the child does with its ends. Its CPU time is read from
outside (clock.py); where one test ends and the next begins, the child's mark tells (printed.py).
Once a child has stopped it stays so.
"""

from __future__ import annotations

import _socket
import math
import os
import select
import signal
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.errors import SandboxError
from judge.sandbox.clock import Clock
from judge.sandbox.inbox import Inbox
from judge.sandbox.load import as_read
from judge.sandbox.outcome import Loaded, Received, Run, Stopped
from judge.sandbox.printed import Printed
from judge.sandbox.request import LOAD, Asked, Request, load_request
from judge.sandbox.values import call_reply, load_reply
from judge.sandbox.wire import ENDED, HARNESS_BROKEN, Malformed

_CHUNK = 1 << 18
_MARKS = 64  # how many may come in a test, beyond two for each call: who sends more has the judge look for nothing
_IN = select.POLLIN | select.POLLHUP | select.POLLERR
_CPU_BACKSTOP = 60.0
#: What a child has in memory before it does anything, or somewhat less.
_INTERPRETER_BYTES = 24 << 20
#: How long a child that has closed its data socket may take to end, and the fork server to tell.
_END_SECONDS = 5.0
#: When the judge looks for replies by itself: at first, and at the latest.
_LOOK_SECONDS = (0.001, 0.05)
#: Bytes of requests that may be on their way to a child; its socket holds some 200 KiB.
_ROOM = 1 << 17


class Child:
    """See :class:`judge.sandbox.Sandbox`. First :meth:`load`, then :meth:`send` and :meth:`collect` in turn."""

    def __init__(self, pid: int, ends: list[int], memory_bytes: int, output_bytes: int) -> None:
        self.pid = pid
        self._data, self._output, self._status = ends[:3]
        self._pidfd = ends[3] if len(ends) > 3 else -1
        self._memory_bytes = memory_bytes
        self._output_bytes = output_bytes
        self._clock = Clock(pid)
        self._starved = False
        self._poller = select.poll()
        self._heeded = dict.fromkeys((self._data, self._output, self._status), _IN)
        for descriptor in self._heeded:
            self._poller.register(descriptor, _IN)
        self._open = True
        self._stopped: Stopped | None = None
        self._ended: tuple[int, float, int] | None = None  # wait status, CPU seconds, peak memory
        self._gone = False  # it has ended, or the fork server has
        self._serial = 0
        self._lines: list[str] = []
        self._out: list[bytes | memoryview] = []
        # Requests that were handed over before their turn, what is still to be written of each, and its CPU seconds.
        self._ahead: deque[tuple[Request, list[bytes | memoryview], float]] = deque()
        self._on_the_way = 0  # bytes of requests that have not been answered
        self._inbox = Inbox()
        self._printed = Printed()
        self._asked: Sequence[Asked] = ()
        self._look = 0.0

    def load(
        self,
        source: str,
        entry_point: str,
        *,
        cpu_seconds: float,
        wall_seconds: float,
        all_seconds: float | None = None,
    ) -> Loaded:
        """Hand over the submission, import it and look up ``entry_point``; waits for the end of that.

        The limits are as in :meth:`send`. Raises ``SandboxError`` where the child could not be confined, or is closed.
        """
        self.hand_over(source, entry_point, cpu_seconds=cpu_seconds, wall_seconds=wall_seconds, all_seconds=all_seconds)
        return self.loaded()

    @property
    def starved(self) -> bool:
        """True where the machine is too busy to let it compute, or was when it was stopped for that it took long."""
        return self._starved or self._clock.starved()

    def hand_over(
        self,
        source: str,
        entry_point: str,
        *,
        cpu_seconds: float,
        wall_seconds: float,
        all_seconds: float | None = None,
    ) -> None:
        """Hand over the submission; :meth:`loaded` tells what became of it. Raises as :meth:`load`."""
        self._lines = as_read(source).split("\n")
        self._begin([LOAD], cpu_seconds, wall_seconds, all_seconds)
        self._out = load_request(source, entry_point, self._printed.token, self._serial)
        self._write(self._out)

    def loaded(self) -> Loaded:
        """Wait until the submission is imported. Raises ``SandboxError`` where the child could not be confined."""
        self._pump(sending=False)
        if not self._inbox.ready:  # stopped for what it printed, maybe, before its first word was heard
            with suppress(OSError, Malformed):
                self._inbox.read(self._data)
        if not self._inbox.ready and self._stopped in (Stopped.EXIT, Stopped.SIGNAL, Stopped.PROTOCOL):
            raise SandboxError("sandbox.not_confined", reason=self._printed.take())
        problem, raised = "", None
        try:
            for header, _ in self._inbox.frames:
                problem, raised = load_reply(header, self._serial, self._lines)
        except Malformed:
            self._stop(Stopped.PROTOCOL)
        return Loaded(raised, problem, self._stopped, self._clock.used, self._printed.take())

    def send(
        self,
        calls: Sequence[Call] | Request,
        *,
        cpu_seconds: float,
        wall_seconds: float,
        all_seconds: float | None = None,
    ) -> None:
        """Begin a test: hand ``calls`` over and return when the child has them. Its limits count from here.

        A child that is at work may go on behind ``wall_seconds``, which is for one that sleeps: on a busy machine it
        has not had its ``cpu_seconds`` by then. After ``all_seconds`` (default: ``wall_seconds``) it may not.
        Raises ``TypeError`` for a call that is none (a fault of the test), ``SandboxError`` on a closed child.
        """
        request = calls if isinstance(calls, Request) else Request(calls)
        self._begin(request.asked, cpu_seconds, wall_seconds, all_seconds)
        self._out = []
        if self._ahead:
            first, self._out, _ = self._ahead.popleft()
            if first is not request:
                raise ValueError("another request was sent ahead")
        elif self._stopped is None:
            self._out = request.frame(self._serial)
            self._on_the_way = request.size
        self._pump(sending=True)

    def send_ahead(self, request: Request, cpu_seconds: float) -> bool:
        """Hand over a request that will be sent after those that are there, so that the child need not wait for it.

        ``cpu_seconds`` are what it will be sent with. Returns whether there was room for it.
        """
        if self._stopped is not None or self._gone or self._out or (self._ahead and self._ahead[-1][1]):
            return False
        if self._on_the_way + request.size > _ROOM:
            return False
        pieces = request.frame(self._serial + len(self._ahead) + 1)
        self._write(pieces)
        self._ahead.append((request, pieces, cpu_seconds))
        self._on_the_way += request.size
        return True

    @property
    def ahead(self) -> int:
        """How many requests were sent ahead."""
        return len(self._ahead)

    def receive(self) -> Received:
        """Wait for the end of the test that :meth:`send` began; its answers are to be :meth:`read`."""
        self._pump(sending=False)
        self._on_the_way = sum(request.size for request, _, _ in self._ahead)
        frames, text = self._inbox.frames, self._printed.take()
        return Received(frames, self._asked, self._serial, self._stopped, self._clock.used, text)

    def read(self, received: Received) -> Run:
        """Look into what was received; while the child is at the next test, if need be, or has been closed.

        One who sent something that is no reply is stopped, whatever it does by now.
        """
        answers: list[Answer] = []
        stopped = received.stopped
        try:
            for position, (header, body) in enumerate(received.frames):
                asked = received.asked[position]
                answers.append(call_reply(header, body, asked, received.serial, position, self._lines))
        except Malformed:
            stopped = Stopped.PROTOCOL
            self._stop(stopped)
        return Run(tuple(answers), stopped, received.cpu_seconds, received.output)

    def collect(self) -> Run:
        """Wait for the end of the test that :meth:`send` began, and return what was answered."""
        return self.read(self.receive())

    @property
    def stopped(self) -> Stopped | None:
        """Why this child answers no more; ``None`` while it does."""
        return self._stopped

    def close(self) -> None:
        """Let go of the child, if it lives: the fork server kills it. May be called again."""
        if self._open:
            self._open = False
            for descriptor in (self._data, self._output, self._status, self._pidfd):
                if descriptor >= 0:
                    os.close(descriptor)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self.close()

    def _begin(
        self, asked: Sequence[Asked], cpu_seconds: float, wall_seconds: float, all_seconds: float | None = None
    ) -> None:
        if not self._open:
            raise SandboxError("sandbox.child_closed")
        self._serial += 1
        self._asked = asked
        self._inbox.expect(asked)
        self._printed.begin(self._serial)
        self._look = _LOOK_SECONDS[0]
        self._clock.begin(cpu_seconds, wall_seconds, all_seconds)

    # The loop -------------------------------------------------------------------------------------------------

    def _pump(self, sending: bool) -> None:
        """Read and write until the replies are there, or the child stops; ``sending``: until the request is away."""
        inbox = self._inbox
        try:
            inbox.cut()
            if not sending:
                self._clock.attend()
                self._read_data()
            if self._gone:  # after its last answer, or when it was at this test already
                self._read_rest()
            while self._stopped is None and (sending or not inbox.complete):
                if self._out:
                    self._write(self._out)
                if sending and not self._out:
                    return
                self._wait()
            if not sending and self._stopped is None:
                self._read_output()  # what was printed before the last reply is in the pipe by now
        except Malformed:
            self._stop(Stopped.PROTOCOL)
        if sending:
            return
        # One that was stopped tells us nothing, nor one that has nothing else to do.
        told = self._printed.ended if self._stopped is None and self._ahead else None
        self._clock.end(told, sum(seconds for _, _, seconds in self._ahead))
        if self._stopped is None and self._clock.exceeded:
            self._stop(Stopped.CPU)

    def _wait(self) -> None:
        """Wait for the next thing to happen, and deal with it."""
        printed, inbox = self._printed, self._inbox
        ended = printed.ended is not None  # then the last reply is on its way, and what is printed is for the next test
        self._heed(self._data, (select.POLLOUT if self._out else 0) | (select.POLLIN if inbox.amid or ended else 0))
        # While the child has enough to do, the judge only looks now and then: waking it takes the child's time.
        self._heed(self._output, 0 if ended or self._ahead else select.POLLIN)
        left = self._clock.left()
        events = self._poller.poll(max(0, math.ceil(1000 * min(left, self._look))))
        happened = {descriptor for descriptor, event in events if event & _IN}
        marks = printed.marks
        if self._output in happened:
            self._hear_output()
        elif not events:
            self._read_output()
        if not events:
            self._look = min(1.25 * self._look, _LOOK_SECONDS[1])
        if not events or self._data in happened or printed.marks != marks:
            self._read_data()
        if self._status in happened and self._stopped is None:
            self._read_status()
        if left <= 0 and self._stopped is None and not inbox.complete:
            self._read_output()
            self._read_data()
            why = None if self._stopped is not None or inbox.complete else self._clock.up()
            if why == Stopped.WALL:
                self._starved = self._clock.starved()
            if why is not None:
                self._stop(why)

    def _heed(self, descriptor: int, events: int) -> None:
        """Wait for ``events`` there; that it was closed is told in any case."""
        if self._heeded.get(descriptor, events) != events:
            self._heeded[descriptor] = events
            self._poller.modify(descriptor, events)

    def _ignore(self, descriptor: int) -> None:
        """Wait no more for anything there: it is closed, and would be told for ever."""
        if self._heeded.pop(descriptor, None) is not None:
            self._poller.unregister(descriptor)

    def _write(self, pieces: list[bytes | memoryview]) -> None:
        """Write what can be written, and leave the rest in ``pieces``."""
        try:
            while pieces:
                wrote = os.writev(self._data, pieces[:64])
                while pieces and wrote >= len(pieces[0]):
                    wrote -= len(pieces[0])
                    del pieces[0]
                if pieces and wrote:
                    pieces[0] = memoryview(pieces[0])[wrote:]
        except BlockingIOError:
            pass
        except OSError:  # it has closed its end; how it ended is told elsewhere
            pieces.clear()

    def _read_data(self) -> None:
        """Take what has come, at most a few chunks, so that clocks and output are not forgotten."""
        if self._stopped is not None or self._data not in self._heeded:
            return
        for _ in range(16):
            try:
                more = self._inbox.read(self._data)
            except BlockingIOError:
                return
            except OSError:
                more = 0
            if not more:
                self._ignore(self._data)
                self._await_end()
                return
            if self._out and self._inbox.frames:
                # An answer to what it has not read; and who has all answers could send for ever after.
                raise Malformed
            if self._inbox.complete:
                return

    def _hear_output(self) -> None:
        """Something was printed, or the pipe was closed: behind the end of a test nothing else is told."""
        if self._printed.ended is not None:
            self._ignore(self._output)
        else:
            self._read_output()

    def _read_output(self) -> None:
        printed = self._printed
        for _ in range(16):
            if printed.count > self._output_bytes:
                self._stop(Stopped.OUTPUT)
            elif printed.marks > 2 * len(self._asked) + _MARKS:
                raise Malformed
            if self._stopped is not None or printed.ended is not None:
                return
            try:
                chunk = os.read(self._output, _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                self._ignore(self._output)
                return
            printed.feed(chunk)

    # The end --------------------------------------------------------------------------------------------------

    def _read_status(self) -> None:
        """The child has ended. What it sent and printed before is still there."""
        try:
            record = os.read(self._status, ENDED.size)
        except BlockingIOError:
            return
        except OSError:
            record = b""
        self._gone = True
        if len(record) == ENDED.size:
            self._ended = ENDED.unpack(record)
            self._clock.total = self._ended[1]
        self._ignore(self._status)
        self._read_rest()

    def _read_rest(self) -> None:
        """Read what a child left that has ended: at most as many replies as were asked for, each within its caps."""
        self._read_output()
        if self._stopped is None:
            with suppress(OSError):
                while not self._inbox.complete and self._inbox.read(self._data):
                    pass
        if self._stopped is None and not self._inbox.complete:
            self._stopped = self._how_it_ended()

    def _await_end(self) -> None:
        """The child closed its data socket: it is ending, or should."""
        wall_end = self._clock.wall_end
        end = min(wall_end, time.monotonic() + _END_SECONDS)
        while not self._gone and self._stopped is None:
            left = end - time.monotonic()
            if left <= 0:
                self._stop(Stopped.WALL if time.monotonic() >= wall_end else Stopped.PROTOCOL)
                return
            happened = {descriptor for descriptor, _ in self._poller.poll(int(left * 1000) + 1)}
            if self._output in happened:
                self._hear_output()
            if self._status in happened:
                self._read_status()

    def _how_it_ended(self) -> Stopped:
        if self._ended is None:
            return Stopped.KILLED  # with the fork server
        status, cpu, peak = self._ended
        code = os.waitstatus_to_exitcode(status)
        short_of_memory = peak > 0.8 * self._memory_bytes + _INTERPRETER_BYTES
        if code >= 0:
            return Stopped.MEMORY if code == HARNESS_BROKEN and short_of_memory else Stopped.EXIT
        if -code == signal.SIGXCPU or (-code == signal.SIGKILL and cpu >= _CPU_BACKSTOP - 1):
            return Stopped.CPU
        if -code == signal.SIGKILL:
            return Stopped.KILLED
        return Stopped.MEMORY if short_of_memory else Stopped.SIGNAL

    def _stop(self, why: Stopped) -> None:
        self._stopped = why
        self._kill()

    def _kill(self) -> None:
        if self._gone or not self._open:  # closed: its descriptors may be somebody else's by now
            return
        if self._pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        else:  # no such thing here: closing half of this has the fork server do it
            status = _socket.socket(fileno=os.dup(self._status))
            with suppress(OSError):
                status.shutdown(_socket.SHUT_WR)
            status.close()

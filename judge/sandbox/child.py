"""A confined child, as the judge holds it: five descriptors and two clocks.

    data      requests out, replies in
    bell      rung when there are replies to be read
    output    what the submission prints, drained all the time, counted, the first bytes kept
    status    one record from the fork server when the child has ended; closing our end has it killed
    pidfd     to kill exactly this process, whatever has become of its number

None of them blocks (the fork server made them so), whatever the child does with its ends. The child's CPU time is read
from outside, from the kernel's clock of the process. Once a child has stopped it stays so.
"""

from __future__ import annotations

import _socket
import os
import select
import signal
import time
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.errors import SandboxError
from judge.sandbox.inbox import Frame, Inbox
from judge.sandbox.load import as_read
from judge.sandbox.outcome import Loaded, Run, Stopped
from judge.sandbox.output import KEPT_BYTES, decode
from judge.sandbox.request import LOAD, Asked, Request, load_request
from judge.sandbox.values import call_reply, load_reply
from judge.sandbox.wire import ENDED, HARNESS_BROKEN, Malformed

_CHUNK = 1 << 18
_RINGS = 64  # how often the bell may be rung for nothing during a test, beyond twice for each call
_IN = select.POLLIN | select.POLLHUP | select.POLLERR
_CPU_BACKSTOP = 60.0
#: What a child has in memory before it does anything, or somewhat less.
_INTERPRETER_BYTES = 24 << 20
#: How long a child that has closed its data socket may take to end, and the fork server to tell.
_END_SECONDS = 5.0
#: When the judge looks for replies by itself, first and at the latest: for a child that rings too late or never.
_LOOK_SECONDS = (0.002, 0.05)


class Received(Struct, frozen=True):
    """What a child sent in answer to one :meth:`Child.send`, not looked into yet: see :meth:`Child.read`."""

    frames: list[Frame]
    asked: Sequence[Asked]
    serial: int
    stopped: Stopped | None
    cpu_seconds: float
    output: str


class Child:
    """See :class:`judge.sandbox.Sandbox`. First :meth:`load`, then :meth:`send` and :meth:`collect` in turn."""

    def __init__(self, pid: int, ends: list[int], memory_bytes: int, output_bytes: int) -> None:
        self.pid = pid
        self._data, self._output, self._status, self._bell = ends[:4]
        self._pidfd = ends[4] if len(ends) > 4 else -1
        self._memory_bytes = memory_bytes
        self._output_bytes = output_bytes
        self._clock = (~pid << 3) | 2  # CLOCK_PROCESS_CPUTIME of another process; see clock_getcpuclockid(3)
        self._poller = select.poll()
        self._heeded = {self._data, self._output, self._status, self._bell}
        for descriptor in self._heeded:
            self._poller.register(descriptor, _IN)
        self._awaited = _IN  # of the data socket
        self._open = True
        self._stopped: Stopped | None = None
        self._ended: tuple[int, float, int] | None = None
        self._gone = False  # it has ended, or the fork server has
        self._serial = 0
        self._lines: list[str] = []
        self._out: list[bytes | memoryview] = []
        self._rung = 0
        self._inbox = Inbox()
        self._asked: Sequence[Asked] = ()
        self._printed = bytearray()
        self._printed_bytes = 0
        self._cpu_before = self._cpu()
        self._cpu_limit = self._wall_end = self._look = 0.0

    def load(self, source: str, entry_point: str, *, cpu_seconds: float, wall_seconds: float) -> Loaded:
        """Hand over the submission, import it and look up ``entry_point``; waits for the end of that.

        Raises ``SandboxError`` where the child could not be confined, or is closed.
        """
        self._lines = as_read(source).split("\n")
        self._begin([LOAD], cpu_seconds, wall_seconds)
        self._out = load_request(source, entry_point, self._serial)
        self._pump(sending=False)
        if not self._inbox.ready and self._stopped in (Stopped.EXIT, Stopped.SIGNAL, Stopped.PROTOCOL):
            raise SandboxError("sandbox.not_confined", reason=decode(bytes(self._printed)))
        problem, raised = "", None
        try:
            for header, _ in self._inbox.frames:
                problem, raised = load_reply(header, self._serial, self._lines)
        except Malformed:
            self._stop(Stopped.PROTOCOL)
        return Loaded(raised, problem, self._stopped, self._cpu_used(), self._take_output())

    def send(self, calls: Sequence[Call] | Request, *, cpu_seconds: float, wall_seconds: float) -> None:
        """Begin a test: hand ``calls`` over and return when the child has them. Its limits count from here.

        Raises ``TypeError`` for a call that is none (a fault of the test), ``SandboxError`` on a closed child.
        """
        request = calls if isinstance(calls, Request) else Request(calls)
        self._begin(request.asked, cpu_seconds, wall_seconds)
        self._out = request.frame(self._serial) if self._stopped is None else []
        self._pump(sending=True)

    def receive(self) -> Received:
        """Wait for the end of the test that :meth:`send` began; its answers are to be :meth:`read`."""
        self._pump(sending=False)
        return Received(
            self._inbox.frames, self._asked, self._serial, self._stopped, self._cpu_used(), self._take_output()
        )

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
        """Kill the child, if it lives, and let go of it. May be called again."""
        if self._open:
            self._open = False
            self._kill()
            for descriptor in (self._data, self._output, self._status, self._bell, self._pidfd):
                if descriptor >= 0:
                    os.close(descriptor)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self.close()

    def _begin(self, asked: Sequence[Asked], cpu_seconds: float, wall_seconds: float) -> None:
        if not self._open:
            raise SandboxError("sandbox.child_closed")
        self._serial += 1
        self._asked = asked
        self._inbox.expect(asked)
        self._rung = 0
        self._look = _LOOK_SECONDS[0]
        if self._stopped is None and self._gone:  # after its last answer
            self._stopped = self._how_it_ended()
        if self._stopped is not None:
            return
        self._cpu_before = self._cpu()
        self._cpu_limit = cpu_seconds
        self._wall_end = time.monotonic() + wall_seconds

    # The loop -------------------------------------------------------------------------------------------------

    def _pump(self, sending: bool) -> None:
        """Read and write until the replies are there, or the child stops; ``sending``: until the request is away."""
        inbox = self._inbox
        try:
            while self._stopped is None and (sending or not inbox.complete):
                if self._out:
                    self._write()
                if sending and not self._out:
                    break
                self._wait()
        except Malformed:
            self._stop(Stopped.PROTOCOL)
        if not sending and self._stopped is None:
            self._read_output()  # what was printed before the last reply is in the pipe by now
            if self._cpu_used() > self._cpu_limit:
                self._stop(Stopped.CPU)

    def _wait(self) -> None:
        """Wait for the next thing to happen, and deal with it."""
        # Its end is told in any case.
        awaited = (select.POLLOUT if self._out else 0) | (select.POLLIN if self._inbox.amid else 0)
        if awaited != self._awaited and self._data in self._heeded:
            self._poller.modify(self._data, awaited)
            self._awaited = awaited
        left = self._seconds_left()
        events = self._poller.poll(max(0, int(min(left, self._look) * 1000) + 1))
        happened = {descriptor for descriptor, event in events if event & _IN}
        if self._output in happened:
            self._read_output()
        if self._bell in happened:
            self._hear()
        if not events:
            self._look = min(2 * self._look, _LOOK_SECONDS[1])
        if self._stopped is None and (not events or self._bell in happened or self._data in happened):
            self._read_data()
        if self._status in happened and self._stopped is None:
            self._read_status()
        if left <= 0 and self._stopped is None and not self._inbox.complete:
            over = self._cpu_used() >= self._cpu_limit
            self._stop(Stopped.CPU if over else Stopped.WALL)

    def _hear(self) -> None:
        """Take note of the bell; somebody rings it for the sake of ringing where there is nothing to tell."""
        try:
            rung = os.read(self._bell, _CHUNK)
        except BlockingIOError:
            return
        if not rung:  # closed: the judge looks by itself
            self._ignore(self._bell)
            return
        self._rung += len(rung)
        if self._rung > 2 * len(self._asked) + _RINGS:
            raise Malformed

    def _ignore(self, descriptor: int) -> None:
        """Wait no more for anything there: it is closed, and would be told for ever."""
        if descriptor in self._heeded:
            self._heeded.remove(descriptor)
            self._poller.unregister(descriptor)

    def _seconds_left(self) -> float:
        """Return how long the child can at least go on: it has one thread, so CPU time does not outrun the clock."""
        return min(self._wall_end - time.monotonic(), self._cpu_limit - self._cpu_used())

    def _write(self) -> None:
        try:
            while self._out:
                wrote = os.writev(self._data, self._out[:64])
                while self._out and wrote >= len(self._out[0]):
                    wrote -= len(self._out[0])
                    del self._out[0]
                if self._out and wrote:
                    self._out[0] = memoryview(self._out[0])[wrote:]
        except BlockingIOError:
            pass
        except OSError:  # it has closed its end; how it ended is told elsewhere
            self._out = []

    def _read_data(self) -> None:
        """Take what has come, at most a few chunks, so that clocks and output are not forgotten."""
        if self._data not in self._heeded:
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
                self._ignore(self._bell)
                self._await_end()
                return
            if self._out and self._inbox.frames:
                # An answer to what it has not read; and who has all answers could send for ever after.
                raise Malformed
            if self._inbox.complete:
                return

    def _read_output(self) -> None:
        for _ in range(16):
            try:
                chunk = os.read(self._output, _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                self._ignore(self._output)
                return
            self._printed_bytes += len(chunk)
            if len(self._printed) <= KEPT_BYTES:
                self._printed += chunk[: KEPT_BYTES + 1]
            if self._printed_bytes > self._output_bytes:
                self._stop(Stopped.OUTPUT)
                return

    def _take_output(self) -> str:
        text = decode(bytes(self._printed)) if self._printed else ""
        self._printed.clear()
        self._printed_bytes = 0
        return text

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
        self._ignore(self._status)
        self._read_output()
        if self._stopped is None:
            with suppress(OSError):
                self._read_rest()
        if self._stopped is None and not self._inbox.complete:
            self._stopped = self._how_it_ended()

    def _read_rest(self) -> None:
        """Read the replies that came before the end: at most as many as were asked for, each within its caps."""
        while not self._inbox.complete and self._inbox.read(self._data):
            pass

    def _await_end(self) -> None:
        """The child closed its data socket: it is ending, or should."""
        end = min(self._wall_end, time.monotonic() + _END_SECONDS)
        while not self._gone and self._stopped is None:
            left = end - time.monotonic()
            if left <= 0:
                self._stop(Stopped.WALL if time.monotonic() >= self._wall_end else Stopped.PROTOCOL)
                return
            happened = {descriptor for descriptor, _ in self._poller.poll(int(left * 1000) + 1)}
            if self._output in happened:
                self._read_output()
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
        if self._gone:
            return
        if self._pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        else:  # no such thing here: closing half of this has the fork server do it
            status = _socket.socket(fileno=os.dup(self._status))
            with suppress(OSError):
                status.shutdown(_socket.SHUT_WR)
            status.close()

    def _cpu(self) -> float:
        """Return the CPU seconds that the child has used."""
        if self._ended is not None:
            return self._ended[1]
        try:
            return time.clock_gettime(self._clock)
        except (OSError, OverflowError):
            return self._cpu_before if hasattr(self, "_cpu_before") else 0.0

    def _cpu_used(self) -> float:
        return max(0.0, self._cpu() - self._cpu_before)
